import { queryOptions, useQuery } from '@tanstack/react-query'
import { companyLabels, personLabels } from '@/shared/api/generated/customers'
import type { Labels } from '@/shared/api/generated/model'

/** The tags and sources of companies and people that are in use, of which one may be meant again. */

export type CustomerKind = 'company' | 'person'

const OF = { company: companyLabels, person: personLabels }
const FIELDS: Partial<Record<string, keyof Labels>> = { tags: 'tags', source: 'sources' }
const NO_LABELS: Labels = { tags: [], sources: [] }
const NOTHING: string[] = []
const A_WHILE = 60_000

export const labelsQuery = (kind: CustomerKind) =>
  queryOptions({
    queryKey: [kind === 'company' ? 'companies' : 'people', 'labels'],
    queryFn: ({ signal }) => OF[kind]({ signal }),
    staleTime: A_WHILE,
  })

export const useLabels = (kind: CustomerKind): Labels =>
  useQuery(labelsQuery(kind)).data ?? NO_LABELS

/** Those of one field of a kind of records; none where it has no such field. */
export function useLabelsOf(kind: string, field: string): string[] {
  const labelled = kind === 'person' ? 'person' : 'company'
  const labels = FIELDS[field]
  const enabled = labels !== undefined && kind === labelled
  const { data } = useQuery({ ...labelsQuery(labelled), enabled })
  return (enabled && data?.[labels]) || NOTHING
}
