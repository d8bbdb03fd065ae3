import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '@/shared/api/http'
import type { Board, Deal, DealChange, DealDraft, Stage } from '@/shared/api/generated/model'
import { changeDeal, moveDeal, openDeal } from '@/shared/api/generated/sales'
import { refreshLists } from '@/shared/lib/long-list'
import { useProblemText } from '@/shared/i18n/problems'
import { useColleagues } from '@/shared/reference'
import { putDeal, refreshNumbers } from './cache'
import { placeDeal } from './board-model'
import { dealKeys } from './queries'

/** What a refused change tells of the record now. */
export function currentOf(error: unknown): Deal | undefined {
  if (!(error instanceof ApiError) || error.code !== 'stale') return undefined
  return (error.data as { current?: Deal } | undefined)?.current
}

export function useOpenDeal() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: DealDraft; once: RequestInit }) => openDeal(sent.draft, sent.once),
    onSuccess: (deal) => {
      putDeal(queries, deal)
      refreshLists(queries, dealKeys.lists)
      void refreshNumbers(queries)
    },
  })
}

export function useChangeDeal(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: DealChange) => changeDeal(id, change),
    onSuccess: (deal) => {
      putDeal(queries, deal)
      void queries.invalidateQueries({ queryKey: dealKeys.history(id) })
      void refreshNumbers(queries)
    },
  })
}

export type Move = { deal: Deal; stage: Stage; lostReason?: string; lostTo?: string }

/**
 * A deal as its move will make it: a version ahead, so that an answer from before the move, which
 * may still be on its way, does not put its card back.
 */
export const movedTo = (deal: Deal, stage: Pick<Stage, 'id' | 'kind'>): Deal => ({
  ...deal,
  stage_id: stage.id,
  kind: stage.kind,
  version: deal.version + 1,
})

/** Moves a deal at once on screen; a refusal puts it back and says what happened. */
export function useMoveDeal() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const colleagues = useColleagues()
  return useMutation({
    mutationFn: ({ deal, stage, lostReason, lostTo }: Move) =>
      moveDeal(deal.id, {
        stage_id: stage.id,
        version: deal.version,
        ...(lostReason !== undefined && { lost_reason: lostReason }),
        ...(lostTo !== undefined && { lost_to: lostTo }),
      }),
    onMutate: async ({ deal, stage }) => {
      await queries.cancelQueries({ queryKey: dealKeys.boards })
      const boards = queries.getQueriesData<Board>({ queryKey: dealKeys.boards })
      const moved = movedTo(deal, stage)
      queries.setQueriesData<Board>({ queryKey: dealKeys.boards }, (data) =>
        data?.pipeline_id === deal.pipeline_id ? placeDeal(data, moved) : data,
      )
      return { boards }
    },
    onSuccess: (deal) => {
      putDeal(queries, deal)
      void queries.invalidateQueries({ queryKey: dealKeys.history(deal.id) })
    },
    onError: (error, { deal }, before) => {
      for (const [key, data] of before?.boards ?? []) queries.setQueryData(key, data)
      const current = currentOf(error)
      if (current) putDeal(queries, current)
      else void queries.invalidateQueries({ queryKey: dealKeys.boards })
      const told = error instanceof ApiError ? error.data : undefined
      const { by: id } = (told ?? {}) as { by?: string }
      const by = colleagues.find((user) => user.id === id)?.name
      const { title } = deal
      notifications.show({
        color: 'red',
        title: t`The deal was not moved`,
        message: !current
          ? problemText(error)
          : by
            ? t`${by} changed “${title}” before you. It is shown as it is now.`
            : t`“${title}” was changed before you. It is shown as it is now.`,
      })
    },
    onSettled: () => refreshNumbers(queries),
  })
}
