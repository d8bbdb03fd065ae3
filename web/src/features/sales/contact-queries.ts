import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { DealContactsDraft } from '@/shared/api/generated/model'
import { dealContacts, setDealContacts } from '@/shared/api/generated/sales'
import { dealPart } from '@/shared/deal-parts'
import { dealKeys } from './queries'

export const contactsQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: dealPart(id, 'contacts', version),
    queryFn: ({ signal }) => dealContacts(id, { signal }),
    placeholderData: (previous) => previous,
  })

/** What is refused is read again as well: somebody else may have been first. */
export function useSetContacts(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (draft: DealContactsDraft) => setDealContacts(id, draft),
    onSettled: () => queries.invalidateQueries({ queryKey: dealKeys.all }),
  })
}
