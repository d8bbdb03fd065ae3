import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query'
import type {
  DealDaysParams,
  ListDealsParams,
  Quote,
  RecordPageDealRecord,
} from '@/shared/api/generated/model'
import { dealPage } from '@/shared/api/generated/pages'
import {
  board,
  boardLanes,
  deal,
  dealDays,
  dealHistory,
  dealInBase,
  listDeals,
} from '@/shared/api/generated/sales'
import { dealPart, quotesOf } from '@/shared/deal-parts'
import { historyQuery } from '@/shared/history'
import { given, listQuery, pageSize } from '@/shared/lib/list'
import { newest } from '@/shared/lib/newest'

export type BoardFilters = {
  owner_id?: string | undefined
  segment_id?: string | undefined
  q?: string | undefined
}

/** The tree of keys: what changes a deal refreshes what is under `deals`. */
export const dealKeys = {
  all: ['deals'] as const,
  boards: ['deals', 'board'] as const,
  lanes: ['deals', 'lanes'] as const,
  lists: ['deals', 'list'] as const,
  groups: ['deals', 'groups'] as const,
  days: ['deals', 'groups', 'days'] as const,
  one: (id: string) => ['deals', 'one', id] as const,
  history: (id: string) => ['deals', 'history', id] as const,
}

/** Cards of a stage read with the board: what is seen at first, and some more. */
const BOARD_FIRST = 20
/** Cards of one stage read as its column is scrolled. */
export const BOARD_PAGE = 50

export const boardQuery = (pipelineId: string, filters: BoardFilters) => {
  const params = given(filters)
  return queryOptions({
    queryKey: [...dealKeys.boards, pipelineId, params] as const,
    queryFn: ({ signal }) => board(pipelineId, { ...params, limit: BOARD_FIRST }, { signal }),
    placeholderData: (previous) => (previous?.pipeline_id === pipelineId ? previous : undefined),
  })
}

/** Whose the open deals are; under no board's key: its answer is another. */
export const lanesQuery = (pipelineId: string, filters: BoardFilters) => {
  const params = given(filters)
  return queryOptions({
    queryKey: [...dealKeys.lanes, pipelineId, params] as const,
    queryFn: ({ signal }) => boardLanes(pipelineId, params, { signal }),
    placeholderData: keepPreviousData,
  })
}

export const dealsQuery = (params: ListDealsParams) => {
  const set = given(params)
  return listQuery([...dealKeys.lists, set] as const, (after, signal) =>
    listDeals(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

/** The deals of some days, by one of their dates. */
export const dealDaysQuery = (params: DealDaysParams) => {
  const { by, since, until, ...rest } = params
  const set = { by, since, until, ...given(rest) }
  return queryOptions({
    queryKey: [...dealKeys.days, set] as const,
    queryFn: ({ signal }) => dealDays(set, { signal }),
    placeholderData: keepPreviousData,
  })
}

export const dealQuery = (id: string) =>
  queryOptions({
    queryKey: dealKeys.one(id),
    queryFn: ({ signal }) => deal(id, { signal }),
    structuralSharing: newest,
  })

/** Reads a deal together with what its page shows beside it, each of which has a query of its own;
 * `keep` is given what other parts of the product know of it. */
export function readDeal(
  queries: QueryClient,
  id: string,
  keep: (around: Omit<RecordPageDealRecord, 'record'>) => void,
) {
  return queries.prefetchQuery({
    ...dealQuery(id),
    queryFn: async ({ signal }) => {
      const { record, ...around } = await dealPage(id, { signal })
      const { deal, quotes, ...parts } = record
      keep(around)
      for (const part of ['contacts', 'competitors', 'lines', 'stages'] as const) {
        queries.setQueryData(dealPart(id, part, deal.version), parts[part])
      }
      queries.setQueryData<Quote[]>(quotesOf(id), (known) => known ?? quotes)
      return deal
    },
  })
}

export const dealInBaseQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: [...dealKeys.one(id), 'in-base', version] as const,
    queryFn: ({ signal }) => dealInBase(id, { signal }),
  })

export const dealHistoryQuery = (id: string) => historyQuery(dealKeys.history(id), id, dealHistory)
