import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  listCompanyPairs,
  listPersonPairs,
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
