import { infiniteQueryOptions } from '@tanstack/react-query'
import type { DealHistoryParams, HistoryEntry } from './api/generated/model'
import { given, keyset, pageSize } from './lib/list'

type Read = (
  id: string,
  params: DealHistoryParams,
  options: { signal: AbortSignal },
) => Promise<HistoryEntry[]>

/** A record's history, newest first; the `next` of an entry leads to what came before it. */
export const historyQuery = (queryKey: readonly string[], id: string, read: Read) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const params = given({ limit: pageSize(pageParam), after: pageParam })
      const items = await read(id, params, { signal })
      return { items, next: items.at(-1)?.next ?? null }
    },
    ...keyset,
  })
