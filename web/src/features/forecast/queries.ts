import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import type {
  ChangedDealsParams,
  ForecastChangesParams,
  ForecastDealsParams,
  ForecastParams,
  GoalDraft,
} from '@/shared/api/generated/model'
import {
  changedDeals,
  dealStages,
  forecast,
  forecastChanges,
  forecastDeals,
  goals,
  setGoal,
  stageChances,
} from '@/shared/api/generated/sales'
import { dealPart } from '@/shared/deal-parts'
import { given, keyset } from '@/shared/lib/list'

const keys = { all: ['forecast'] as const, goals: ['forecast', 'goals'] as const }

export const forecastQuery = (params: ForecastParams) => {
  const set = given(params)
  return queryOptions({
    queryKey: [...keys.all, 'sums', set] as const,
    queryFn: ({ signal }) => forecast(set, { signal }),
    placeholderData: keepPreviousData,
  })
}

export const changesQuery = (params: ForecastChangesParams) => {
  const set = given(params)
  return queryOptions({
    queryKey: [...keys.all, 'changes', set] as const,
    queryFn: ({ signal }) => forecastChanges(set, { signal }),
    placeholderData: keepPreviousData,
  })
}

export const chancesQuery = () =>
  queryOptions({
    queryKey: [...keys.all, 'chances'] as const,
    queryFn: ({ signal }) => stageChances({ signal }),
  })

export const forecastDealsQuery = (params: ForecastDealsParams) =>
  infiniteQueryOptions({
    queryKey: [...keys.all, 'deals', given(params)] as const,
    queryFn: ({ pageParam, signal }) =>
      forecastDeals(given({ ...params, after: pageParam }), { signal }),
    ...keyset,
  })

export const changedDealsQuery = (params: ChangedDealsParams) =>
  infiniteQueryOptions({
    queryKey: [...keys.all, 'changed', given(params)] as const,
    queryFn: ({ pageParam, signal }) =>
      changedDeals({ ...given({ ...params, after: pageParam }), kind: params.kind }, { signal }),
    ...keyset,
  })

export const goalsQuery = (month: string) =>
  queryOptions({
    queryKey: [...keys.goals, month] as const,
    queryFn: async ({ signal }) => {
      const found = []
      let after: string | undefined
      do {
        // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins
        const page = await goals(given({ month, months: 1, after }), { signal })
        found.push(...page.items)
        after = page.next ?? undefined
      } while (after)
      return found
    },
  })

export function useSetGoal() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (draft: GoalDraft) => setGoal(draft),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.all }),
  })
}

export const staysQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: dealPart(id, 'stages', version),
    queryFn: ({ signal }) => dealStages(id, { signal }),
    placeholderData: keepPreviousData,
  })
