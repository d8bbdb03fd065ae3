import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/shared/api/http'

/** A refusal is an answer; only a server that fails or is not reached is asked again. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500)

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry: worthRetrying },
    mutations: { retry: false },
  },
})
