import { Button, Select, Skeleton } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconLayoutKanban, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, type ReactNode } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { pipelinesQuery, useMay } from '@/shared/reference'
import { Board } from '@/ui/board/board'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { SearchInput } from '@/ui/search-input'
import { useKey } from '@/ui/use-key'
import { OwnerFilter } from '@/ui/owner-select'
import { useBoardParts } from './board-parts'
import { ColumnHead } from './column-head'
import { DealCard } from './deal-card'
import { PipelineTotal } from './pipeline-total'
import { boardQuery, type BoardFilters } from './queries'
import { useMover } from './use-mover'
import './sales.css'

type BoardSearch = {
  pipeline?: string | undefined
  owner?: string | undefined
  q?: string | undefined
}

type Props = { search: BoardSearch; onSearch: (search: BoardSearch) => void }

/** The menu's closing takes so long. */
const FOLLOW_MS = 150

const movable = (deal: Deal) => deal.editable
const itemLabel = (deal: Deal) => [deal.title, deal.company?.name].filter(Boolean).join(', ')

/** The deals of one pipeline by stage, moved by mouse, by keys or by menu. */
export function BoardPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const run = useRun()
  const mayCreate = useMay('sales.deal', 'create')
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery())
  const pipeline = pipelines?.find((one) => one.id === search.pipeline) ?? pipelines?.[0]
  const create = () => run('deals.create', pipeline ? { pipelineId: pipeline.id } : {})
  useKey('n', () => mayCreate && create())

  const filters = { owner_id: search.owner, q: search.q }
  let content: ReactNode = <BoardSkeleton />
  if (error && !pipelines) content = <Failure error={error} onRetry={() => void refetch()} />
  else if (pipelines && !pipeline) {
    content = <EmptyState icon={IconLayoutKanban} title={t`There are no pipelines yet`} />
  } else if (pipeline) {
    content = <PipelineBoard key={pipeline.id} pipelineId={pipeline.id} filters={filters} />
  }
  return (
    <Page
      fixed
      title={t`Board`}
      hint={
        <div className="dl-hint">
          {pipelines && pipelines.length > 1 && pipeline ? (
            <Select
              aria-label={t`Pipeline`}
              size="xs"
              w={180}
              allowDeselect={false}
              data={pipelines.map((one) => ({ value: one.id, label: one.name }))}
              value={pipeline.id}
              onChange={(id) => onSearch({ ...search, pipeline: id ?? undefined })}
            />
          ) : (
            pipeline?.name
          )}
          {pipeline && <PipelineTotal pipelineId={pipeline.id} filters={filters} />}
        </div>
      }
      filters={
        <>
          <SearchInput
            label={t`Find a deal`}
            value={search.q ?? ''}
            onSearch={(q) => onSearch({ ...search, q: q || undefined })}
          />
          <OwnerFilter value={search.owner} onChange={(owner) => onSearch({ ...search, owner })} />
        </>
      }
      actions={
        mayCreate && (
          <Button leftSection={<IconPlus size={16} />} onClick={create}>
            {t`New deal`}
          </Button>
        )
      }
    >
      <div className="g-fill">{content}</div>
    </Page>
  )
}

function PipelineBoard({ pipelineId, filters }: { pipelineId: string; filters: BoardFilters }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const fixed = !useMay('sales.deal', 'edit')
  const { data: pipelines } = useQuery(pipelinesQuery())
  const stages = useMemo(
    () => pipelines?.find((one) => one.id === pipelineId)?.stages ?? [],
    [pipelines, pipelineId],
  )
  const { data, error, refetch, isPlaceholderData } = useQuery(boardQuery(pipelineId, filters))
  const { move, dialog } = useMover()

  const { columns, items, onMore } = useBoardParts(stages, data, pipelineId, filters)

  const onMove = useCallback(
    (deal: Deal, _from: string, to: string) => {
      const stage = stages.find((one) => one.id === to)
      return stage !== undefined && move(deal, stage)
    },
    [stages, move],
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
    (deal: Deal) => <DealCard deal={deal} stages={stages} onMove={moveByMenu} />,
    [stages, moveByMenu],
  )
  const renderHeader = useCallback(
    (id: string) => {
      const stage = stages.find((one) => one.id === id)
      const column = data?.columns.find((one) => one.stage_id === id)
      return stage && <ColumnHead stage={stage} column={column} />
    },
    [stages, data],
  )

  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <BoardSkeleton />
  return (
    <div className="dl-board" data-old={isPlaceholderData || undefined} inert={isPlaceholderData}>
      <Board
        label={t`Deals by stage`}
        columns={columns}
        items={items}
        fixed={fixed}
        movable={movable}
        itemLabel={itemLabel}
        renderItem={renderItem}
        renderHeader={renderHeader}
        onMove={onMove}
        onMore={onMore}
        onOpen={(deal) => void navigate({ to: '/deals/$id', params: { id: deal.id } })}
      />
      {dialog}
    </div>
  )
}

function BoardSkeleton() {
  return (
    <div className="bd" aria-busy="true">
      {[1, 2, 3, 4, 5].map((column) => (
        <Skeleton key={column} radius="lg" h="100%" />
      ))}
    </div>
  )
}
