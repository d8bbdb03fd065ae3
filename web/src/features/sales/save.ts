import { useQueryClient } from '@tanstack/react-query'
import type { Deal, DealChange } from '@/shared/api/generated/model'
import { useInTurn } from '@/shared/lib/in-turn'
import { putDeal } from './cache'
import { currentOf, useChangeDeal } from './changes'

export type SaveDeal = (change: Omit<DealChange, 'version'>, version: number) => Promise<unknown>

/**
 * Saves some fields of `deal`, edited since it had `version`. A stale change is refused, and the deal as it is now is shown under
 * the kept text: saving again then puts that text over it knowingly.
 */
export function useSaveDeal(deal: Deal): SaveDeal {
  const queries = useQueryClient()
  const { mutateAsync } = useChangeDeal(deal.id)
  const inTurn = useInTurn()
  return async (change, version) => {
    try {
      return await inTurn(version, (now) => mutateAsync({ ...change, version: now }))
    } catch (error) {
      const current = currentOf(error)
      if (current) putDeal(queries, current)
      throw error
    }
  }
}
