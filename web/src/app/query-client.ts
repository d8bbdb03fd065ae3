import { QueryClient, type Query } from '@tanstack/react-query'
import { connection, isAway } from '@/shared/api/connection'
import { ApiError } from '@/shared/api/http'

/** A refusal is an answer; a server that fails is asked again, one that is away when it is back. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 &&
  connection.state() === 'up' &&
  !(error instanceof ApiError && error.status >= 400 && error.status < 500)

const AGAIN_MS = 5_000

/** A part of the server that is away while the rest works is asked now and then. */
const whileAway = ({ state: { error } }: Query): number | false =>
  error instanceof ApiError && isAway(error.status) && AGAIN_MS

export const queryClient = new QueryClient({
  defaultOptions: {
    // what fails says so at once, and what waits to be sent waits in one place: `shared/api/http`
    queries: {
      staleTime: 30_000,
      retry: worthRetrying,
      networkMode: 'always',
      refetchInterval: (query) => whileAway(query as unknown as Query),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

const failed = (query: Query): boolean => query.state.status === 'error'

/** What could not be read while the server was away is read as soon as it is back. */
connection.subscribe(() => {
  if (connection.state() === 'up') {
    void queryClient.refetchQueries({ type: 'active', predicate: failed })
  }
})
