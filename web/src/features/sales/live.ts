import type { QueryClient } from '@tanstack/react-query'
import type { Board, Deal } from '@/shared/api/generated/model'
import { listDeals } from '@/shared/api/generated/sales'
import { isBorn, type LiveMessage } from '@/shared/api/live'
import { patchRows, withoutRows, type Pages } from '@/shared/lib/list'
import { refreshLists } from '@/shared/lib/long-list'
import { applyDeals } from './board-model'
import { refreshNumbers } from './cache'
import { dealKeys } from './queries'

const BATCH = 100

/** Reads the changed deals again, in batches, and puts them where they are shown. */
export async function dealsChanged(
  queries: QueryClient,
  messages: readonly LiveMessage[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH) {
    const ids = messages.slice(from, from + BATCH).map((message) => message.id)
    const { items } = await listDeals({ ids: ids.join(','), limit: BATCH })
    show(queries, ids, items)
  }
  // a new deal may belong to a list on screen; a changed one waits until the list is opened again
  const born = messages.some(isBorn)
  if (born) refreshLists(queries, dealKeys.lists)
  else void queries.invalidateQueries({ queryKey: dealKeys.lists, refetchType: 'none' })
  void queries.invalidateQueries({ queryKey: dealKeys.groups })
  await refreshNumbers(queries)
}

function show(queries: QueryClient, ids: readonly string[], deals: readonly Deal[]): void {
  const changed = new Map(deals.map((deal) => [deal.id, deal]))
  const gone = new Set(ids.filter((id) => !changed.has(id)))
  queries.setQueriesData<Board>(
    { queryKey: dealKeys.boards, predicate: (query) => unfiltered(query.queryKey) },
    (data) => data && applyDeals(data, ids, deals),
  )
  void queries.invalidateQueries({
    queryKey: dealKeys.boards,
    predicate: (query) => !unfiltered(query.queryKey),
  })
  queries.setQueriesData<Pages<Deal>>({ queryKey: dealKeys.lists }, (data) =>
    withoutRows(patchRows(data, changed), gone),
  )
  for (const id of ids) {
    const deal = changed.get(id)
    if (!queries.getQueryData(dealKeys.one(id))) continue
    if (deal) {
      queries.setQueryData<Deal>(dealKeys.one(id), (known) =>
        known && known.version >= deal.version ? known : deal,
      )
    } else void queries.invalidateQueries({ queryKey: dealKeys.one(id) })
    void queries.invalidateQueries({ queryKey: dealKeys.history(id) })
  }
}

/** Whether a changed deal surely belongs on this board: a filter is the server's to apply. */
const unfiltered = (key: readonly unknown[]): boolean =>
  Object.keys((key[3] ?? {}) as object).length === 0
