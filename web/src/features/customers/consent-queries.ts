import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import {
  addConsentPurpose,
  changeConsentPurpose,
  consentWordings,
  givePersonConsent,
  personConsentHistory,
  personConsents,
  withdrawPersonConsent,
} from '@/shared/api/generated/customers'
import type {
  Consent,
  ConsentPurposeChange,
  ConsentPurposeDraft,
  ConsentWithdrawal,
  Person,
} from '@/shared/api/generated/model'
import { purposesQuery } from '@/shared/consents'
import { refreshLists } from '@/shared/lib/long-list'
import { personKeys } from './queries'

const PURPOSES = purposesQuery().queryKey

/** Under the person's version: whatever is recorded of them is another one. */
export const consentsQuery = ({ id, version }: Person) =>
  queryOptions({
    queryKey: ['people', 'consents', id, version],
    queryFn: ({ signal }) => personConsents(id, { signal }),
    placeholderData: keepPreviousData,
  })

export const consentHistoryQuery = ({ id, version }: Person) =>
  infiniteQueryOptions({
    queryKey: ['people', 'consents', id, version, 'history'],
    queryFn: ({ signal, pageParam }) =>
      personConsentHistory(id, pageParam ? { after: pageParam } : {}, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

export const wordingsQuery = (id: string) =>
  queryOptions({
    queryKey: [...PURPOSES, 'wordings', id],
    queryFn: ({ signal }) => consentWordings(id, { signal }),
  })

type Said = ({ given: true } & Consent) | ({ given: false } & ConsentWithdrawal)

/** Records what a person has said; the person is read again, and with them what they have agreed to. */
export function useSayConsent({ id }: Person) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ said, once }: { said: Said; once: RequestInit }) => {
      if (!said.given) {
        const { given: _, ...told } = said
        return withdrawPersonConsent(id, told, once)
      }
      const { given: _, ...told } = said
      return givePersonConsent(id, told, once)
    },
    onSuccess: async () => {
      refreshLists(queries, personKeys.lists)
      void queries.invalidateQueries({ queryKey: personKeys.history(id) })
      await queries.invalidateQueries({ queryKey: personKeys.one(id) })
    },
  })
}

export function usePurposeChanges() {
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: PURPOSES })
  const add = useMutation({
    mutationFn: ({ draft, once }: { draft: ConsentPurposeDraft; once: RequestInit }) =>
      addConsentPurpose(draft, once),
    onSuccess: again,
  })
  const change = useMutation({
    mutationFn: ({ id, ...told }: ConsentPurposeChange & { id: string }) =>
      changeConsentPurpose(id, told),
    onSettled: again,
  })
  return { add, change }
}
