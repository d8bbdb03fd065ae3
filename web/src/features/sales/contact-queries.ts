import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { DealContactsDraft } from '@/shared/api/generated/model'
import { dealContacts, setDealContacts } from '@/shared/api/generated/sales'
import { dealKeys } from './queries'

/** Under the deal's own key: what changes the deal has its contacts read again, too. */
export const contactsQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: [...dealKeys.one(id), 'contacts', version] as const,
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
