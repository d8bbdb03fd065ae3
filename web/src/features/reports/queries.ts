import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Deal, DealsBehindParams, DashboardParams } from '@/shared/api/generated/model'
import { dashboard, dealsBehind } from '@/shared/api/generated/reports'
import { listDeals } from '@/shared/api/generated/sales'
import { given, keyset, type Listed } from '@/shared/lib/list'

export const dashboardQuery = (params: DashboardParams) => {
  const set = given(params)
  return queryOptions({
    queryKey: ['reports', 'dashboard', set] as const,
    queryFn: ({ signal }) => dashboard(set, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  })
}

/** The deals behind a bar: their ids from the reports, their rows from sales under one's rights. */
export const behindQuery = (bar: DealsBehindParams) =>
  infiniteQueryOptions({
    queryKey: ['reports', 'behind', given(bar)] as const,
    queryFn: async ({ pageParam, signal }): Promise<Listed<Deal>> => {
      const asked = { ...bar, limit: 50, ...(pageParam !== undefined && { after: pageParam }) }
      const { ids, next } = await dealsBehind(asked, { signal })
      if (ids.length === 0) return { items: [], next }
      const { items } = await listDeals({ ids: ids.join(','), limit: ids.length }, { signal })
      const byId = new Map(items.map((deal) => [deal.id, deal]))
      return { items: ids.flatMap((id) => byId.get(id) ?? []), next }
    },
    ...keyset,
  })
