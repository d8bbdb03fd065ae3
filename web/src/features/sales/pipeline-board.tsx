import { Skeleton } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Deal, Pipeline, Stage } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { Board } from '@/ui/board/board'
import { Failure } from '@/ui/failure'
import type { GridSelection } from '@/ui/data-grid/selection'
import { useMass } from '@/ui/mass/use-mass'
import { useFolded } from '@/ui/use-folded'
import { useBoardParts } from './board-parts'
import { ColumnHead } from './column-head'
import { DealCard } from './deal-card'
import { useMoveMany } from './move-many'
import { boardQuery, type BoardFilters } from './queries'
import { useMover } from './use-mover'
import './pipeline-board.css'

/** The menu's closing takes so long. */
const FOLLOW_MS = 150

const movable = (deal: Deal) => deal.editable
const itemLabel = (deal: Deal) => [deal.title, deal.company?.name].filter(Boolean).join(', ')
const editOf = (deal: Deal) =>
  document.querySelector<HTMLElement>(`[data-edit="${deal.id}"]`)?.click()

type Props = { pipeline: Pipeline; filters: BoardFilters }

/** Cards of one pipeline by stage: moved, chosen, changed where they stand, columns folded. */
export function PipelineBoard({ pipeline, filters }: Props) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const fixed = !useMay('sales.deal', 'edit')
  const { id: pipelineId, stages } = pipeline
  const { data, error, refetch, isPlaceholderData } = useQuery(boardQuery(pipelineId, filters))
  const { move, dialog } = useMover()
  const [folded, fold] = useFolded('board')
  const { columns, items, onMore } = useBoardParts(stages, data, pipelineId, filters)

  // another board, or another question, has nothing chosen
  const question = JSON.stringify([pipelineId, filters])
  const chosenOf = useCallback(
    ({ has }: GridSelection) =>
      [...items.values()].flat().filter((deal) => deal.editable && has(deal.id)),
    [items],
  )
  const many = useMoveMany(pipeline)
  const { selection, bar } = useMass(
    'deal',
    { q: question },
    { actions: (chosen) => many.menu(chosenOf(chosen), chosen.onClear) },
  )
  const { move: moveMany } = many
  const onMove = useCallback(
    (deal: Deal, _from: string, to: string) => {
      const stage = stages.find((one) => one.id === to)
      if (!stage) return false
      if (selection?.has(deal.id) && selection.count > 1) {
        moveMany(chosenOf(selection), stage, selection.onClear)
        return false
      }
      return move(deal, stage)
    },
    [stages, selection, chosenOf, moveMany, move],
  )
  const moveByMenu = useCallback(
    (deal: Deal, stage: Stage) => {
      if (!move(deal, stage)) return
      // the menu has gone with its card's old place: the focus follows the card
      setTimeout(() => {
        document.querySelector<HTMLElement>(`[data-card="${deal.id}"]`)?.focus()
      }, FOLLOW_MS)
    },
    [move],
  )
  const renderItem = useCallback(
    (deal: Deal) => (
      <DealCard deal={deal} stages={stages} selection={selection} onMove={moveByMenu} />
    ),
    [stages, selection, moveByMenu],
  )
  const renderHeader = useCallback(
    (id: string) => {
      const stage = stages.find((one) => one.id === id)
      const column = data?.columns.find((one) => one.stage_id === id)
      return (
        stage && <ColumnHead stage={stage} column={column} folded={folded.has(id)} onFold={fold} />
      )
    },
    [stages, data, folded, fold],
  )

  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <BoardSkeleton />
  return (
    <div className="dl-board" data-old={isPlaceholderData || undefined} inert={isPlaceholderData}>
      {bar}
      <Board
        label={t`Deals by stage`}
        columns={columns}
        items={items}
        folded={folded}
        fixed={fixed}
        movable={movable}
        itemLabel={itemLabel}
        renderItem={renderItem}
        renderHeader={renderHeader}
        onMove={onMove}
        onMore={onMore}
        onChoose={selection && ((deal) => deal.editable && selection.onToggle([deal.id]))}
        onEdit={editOf}
        onOpen={(deal) => void navigate({ to: '/deals/$id', params: { id: deal.id } })}
      />
      {dialog}
      {many.dialog}
    </div>
  )
}

export function BoardSkeleton() {
  return (
    <div className="bd" aria-busy="true">
      {[1, 2, 3, 4, 5].map((column) => (
        <Skeleton key={column} radius="lg" h="100%" />
      ))}
    </div>
  )
}
