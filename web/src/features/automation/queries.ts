import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { listRuns, rule, rules } from '@/shared/api/generated/automation'
import { templates } from '@/shared/api/generated/communications'
import type { ListRunsParams } from '@/shared/api/generated/model'
import { given, keyset } from '@/shared/lib/list'

export const ruleKeys = {
  all: ['rules'] as const,
  list: ['rules', 'list'] as const,
  one: (id: string) => ['rules', 'one', id] as const,
  runs: ['rules', 'runs'] as const,
}

export const rulesQuery = () =>
  queryOptions({ queryKey: ruleKeys.list, queryFn: ({ signal }) => rules({ signal }) })

export const ruleQuery = (id: string) =>
  queryOptions({ queryKey: ruleKeys.one(id), queryFn: ({ signal }) => rule(id, { signal }) })

export const runsQuery = (params: ListRunsParams) => {
  const set = given({ ...params, limit: 20 })
  return infiniteQueryOptions({
    queryKey: [...ruleKeys.runs, set] as const,
    queryFn: ({ pageParam, signal }) => listRuns(given({ ...set, after: pageParam }), { signal }),
    ...keyset,
  })
}

export const templatesQuery = () =>
  queryOptions({
    queryKey: ['templates'],
    queryFn: ({ signal }) => templates({ signal }),
    staleTime: 60_000,
  })
