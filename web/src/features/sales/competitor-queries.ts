import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { DealCompetitorsDraft } from '@/shared/api/generated/model'
import { dealCompetitors, setDealCompetitors } from '@/shared/api/generated/sales'
import { competitorsQuery } from '@/shared/competitors'
import { dealPart } from '@/shared/deal-parts'
import { dealKeys } from './queries'

export const dealCompetitorsQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: dealPart(id, 'competitors', version),
    queryFn: ({ signal }) => dealCompetitors(id, { signal }),
    placeholderData: (previous) => previous,
  })

/** What is refused is read again as well: somebody else may have been first. */
export function useSetCompetitors(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (draft: DealCompetitorsDraft) => setDealCompetitors(id, draft),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: competitorsQuery().queryKey })
      return queries.invalidateQueries({ queryKey: dealKeys.all })
    },
  })
}
