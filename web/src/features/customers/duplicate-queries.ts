import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query'
import {
  companyMerges,
  companySuspects,
  listCompanyPairs,
  listPersonPairs,
  personMerges,
  personSuspects,
  previewCompanyMerge,
  previewPersonMerge,
  suspectCompanies,
  suspectPeople,
} from '@/shared/api/generated/customers'
import type { CompanyLooks, PersonLooks } from '@/shared/api/generated/model'
import { given, listQuery, pageSize } from '@/shared/lib/list'
import type { CustomerKind } from '@/shared/labels'

export const pairKeys = { all: ['pairs'] as const }

export type Looks = CompanyLooks & PersonLooks

const SHORTEST = 3
const A_WHILE = 30_000

/** Who may be meant by what is typed; nobody is asked about two letters. */
export function suspectsQuery(kind: CustomerKind, looks: Looks) {
  const set = given(looks)
  const said = [looks.name ?? '', looks.inn ?? '', ...(looks.phones ?? []), ...(looks.emails ?? [])]
  return queryOptions({
    queryKey: ['suspects', kind, set] as const,
    queryFn: ({ signal }) =>
      kind === 'company' ? suspectCompanies(set, { signal }) : suspectPeople(set, { signal }),
    enabled: said.some((text) => text.trim().length >= SHORTEST),
    staleTime: A_WHILE,
    placeholderData: keepPreviousData,
  })
}

/** Two that may be one, the most likely first. */
export const pairsQuery = (kind: CustomerKind) =>
  listQuery([...pairKeys.all, kind] as const, (after, signal) => {
    const list = kind === 'company' ? listCompanyPairs : listPersonPairs
    return list(given({ limit: pageSize(after), after }), { signal })
  })

/** Those that may be the same as a record that is kept. */
export const suspectsOfQuery = (kind: CustomerKind, id: string) =>
  queryOptions({
    queryKey: ['suspects', kind, id] as const,
    queryFn: ({ signal }) =>
      (kind === 'company' ? companySuspects : personSuspects)(id, { signal }),
    staleTime: A_WHILE,
  })

/** What became a part of a record. */
export const mergesQuery = (kind: CustomerKind, id: string) =>
  queryOptions({
    queryKey: ['merges', kind, id] as const,
    queryFn: ({ signal }) => (kind === 'company' ? companyMerges : personMerges)(id, { signal }),
  })

/** What two records would make together. */
export const mergePreviewQuery = (kind: CustomerKind, id: string, other_id: string) =>
  queryOptions({
    queryKey: ['merge-preview', kind, id, other_id] as const,
    queryFn: ({ signal }) =>
      (kind === 'company' ? previewCompanyMerge : previewPersonMerge)(id, { other_id }, { signal }),
  })

/** Two records have become one, or one two: nothing that shows them is up to date. */
export const forgetRecords = (queries: QueryClient) => void queries.invalidateQueries()
