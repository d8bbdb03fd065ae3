import { Button, Chip, Group, Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconLayoutKanban, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useRun } from '@/shared/commands'
import { pipelinesQuery, useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { SearchInput } from '@/ui/search-input'
import { useKey } from '@/ui/use-key'
import { OwnerFilter } from '@/ui/owner-select'
import { Lanes } from './lanes'
import { SegmentFilter } from './segment-filter'
import { BoardSkeleton, PipelineBoard } from './pipeline-board'
import { PipelineTotal } from './pipeline-total'
import './sales.css'

type BoardSearch = {
  pipeline?: string | undefined
  owner?: string | undefined
  segment?: string | undefined
  q?: string | undefined
  /** A board for each owner, one under another. */
  lanes?: boolean | undefined
}

type Props = { search: BoardSearch; onSearch: (search: BoardSearch) => void }

/** The deals of one pipeline by stage, moved by mouse, by keys or by menu. */
export function BoardPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const run = useRun()
  const mayCreate = useMay('sales.deal', 'create')
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery())
  const pipeline = pipelines?.find((one) => one.id === search.pipeline) ?? pipelines?.[0]
  const create = () => run('deals.create', pipeline ? { pipelineId: pipeline.id } : {})
  useKey('n', () => mayCreate && create())

  const filters = { owner_id: search.owner, segment_id: search.segment, q: search.q }
  let content: ReactNode = <BoardSkeleton />
  if (error && !pipelines) content = <Failure error={error} onRetry={() => void refetch()} />
  else if (pipelines && !pipeline) {
    content = <EmptyState icon={IconLayoutKanban} title={t`There are no pipelines yet`} />
  } else if (pipeline) {
    content = search.lanes ? (
      <Lanes key={pipeline.id} pipeline={pipeline} filters={filters} />
    ) : (
      <PipelineBoard key={pipeline.id} pipeline={pipeline} filters={filters} />
    )
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
      actions={
        mayCreate && (
          <Button leftSection={<IconPlus size={16} />} onClick={create}>
            {t`New deal`}
          </Button>
        )
      }
    >
      <Group gap={8} role="search" className="dl-filters" aria-label={t`Filters`}>
        <div className="dl-choices">
          <SearchInput
            label={t`Find a deal`}
            value={search.q ?? ''}
            onSearch={(q) => onSearch({ ...search, q: q || undefined })}
          />
          <Chip
            size="sm"
            checked={search.lanes ?? false}
            onChange={(lanes) => onSearch({ ...search, lanes: lanes || undefined })}
          >
            {t`By owner`}
          </Chip>
          <OwnerFilter value={search.owner} onChange={(owner) => onSearch({ ...search, owner })} />
          <SegmentFilter
            value={search.segment}
            onChange={(segment) => onSearch({ ...search, segment })}
          />
        </div>
      </Group>
      <div className="g-fill">{content}</div>
    </Page>
  )
}
