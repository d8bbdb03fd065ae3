import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import type { Board, Stage } from '@/shared/api/generated/model'
import { listDeals } from '@/shared/api/generated/sales'
import { given } from '@/shared/lib/list'
import { appendDeals } from './board-model'
import { BOARD_PAGE, boardQuery, type BoardFilters } from './queries'

/** A board as its drawing takes it: columns, cards, and how more cards of a column are read. */
export function useBoardParts(
  stages: readonly Stage[],
  data: Board | undefined,
  pipelineId: string,
  { owner_id, q }: BoardFilters,
) {
  const queries = useQueryClient()
  const reading = useRef(new Set<string>())

  const byStage = useMemo(
    () => new Map(data?.columns.map((column) => [column.stage_id, column])),
    [data],
  )
  const columns = useMemo(
    () =>
      stages.map(({ id, name }) => ({
        id,
        label: name,
        more: (byStage.get(id)?.next ?? null) !== null,
      })),
    [stages, byStage],
  )
  const items = useMemo(
    () => new Map(stages.map(({ id }) => [id, byStage.get(id)?.deals ?? []])),
    [stages, byStage],
  )

  const onMore = useCallback(
    (stageId: string) => {
      async function read() {
        const { queryKey } = boardQuery(pipelineId, { owner_id, q })
        const column = queries
          .getQueryData<Board>(queryKey)
          ?.columns.find((one) => one.stage_id === stageId)
        if (!column?.next) return
        const page = await listDeals(
          given({
            owner_id,
            q,
            stage_id: stageId,
            sort: '-stage_since',
            after: column.next,
            limit: BOARD_PAGE,
          }),
        )
        queries.setQueryData<Board>(queryKey, (now) => now && appendDeals(now, stageId, page))
      }
      if (reading.current.has(stageId)) return
      reading.current.add(stageId)
      // a page that could not be read is asked for again at the next scroll
      void read()
        .catch(() => undefined)
        .finally(() => reading.current.delete(stageId))
    },
    [queries, pipelineId, owner_id, q],
  )
  return { columns, items, onMore }
}
