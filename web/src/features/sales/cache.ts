import type { QueryClient } from '@tanstack/react-query'
import type { Board, Deal } from '@/shared/api/generated/model'
import { board } from '@/shared/api/generated/sales'
import { given, patchRows, type Pages } from '@/shared/lib/list'
import { applyNumbers, placeDeal } from './board-model'
import { dealKeys, type BoardFilters } from './queries'

/** Puts a deal as it is now wherever it is shown. */
export function putDeal(queries: QueryClient, deal: Deal): void {
  queries.setQueryData<Deal>(dealKeys.one(deal.id), (known) =>
    known && known.version > deal.version ? known : deal,
  )
  const changed = new Map([[deal.id, deal]])
  queries.setQueriesData<Pages<Deal>>({ queryKey: dealKeys.lists }, (data) =>
    patchRows(data, changed),
  )
  queries.setQueriesData<Board>({ queryKey: dealKeys.boards }, (data) =>
    data?.pipeline_id === deal.pipeline_id ? placeDeal(data, deal) : data,
  )
}

/** Reads the exact counts and sums of the boards on screen again; their cards stay. */
export async function refreshNumbers(queries: QueryClient): Promise<void> {
  void queries.invalidateQueries({ queryKey: dealKeys.lanes })
  const boards = queries.getQueryCache().findAll({ queryKey: dealKeys.boards, type: 'active' })
  for (const query of boards) {
    const [, , pipelineId, filters] = query.queryKey as [string, string, string, BoardFilters]
    const fresh = await board(pipelineId, { ...given(filters), limit: 1 }).catch(() => undefined)
    if (!fresh) continue
    queries.setQueryData<Board>(query.queryKey, (data) => data && applyNumbers(data, fresh))
  }
}
