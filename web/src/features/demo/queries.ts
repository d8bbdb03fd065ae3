import { queryOptions } from '@tanstack/react-query'
import { demoLetter, demoLetters, demoWebhooks } from '@/shared/api/generated/demo'

/** The demonstration's receivers push nothing: they are asked while one looks. */
const EVERY = 3_000

export const lettersQuery = () =>
  queryOptions({
    queryKey: ['demo', 'letters'],
    queryFn: ({ signal }) => demoLetters({ signal }),
    refetchInterval: EVERY,
  })

export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: ['demo', 'letters', id],
    queryFn: ({ signal }) => demoLetter(id, { signal }),
    staleTime: Infinity,
  })

export const webhooksQuery = () =>
  queryOptions({
    queryKey: ['demo', 'webhooks'],
    queryFn: ({ signal }) => demoWebhooks({ signal }),
    refetchInterval: EVERY,
  })
