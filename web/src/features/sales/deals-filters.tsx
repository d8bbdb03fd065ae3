import { Button, CloseButton, Group, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconFilter } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import type { StageKind } from '@/shared/api/generated/model'
import { joined, partsOf } from '@/shared/conditions'
import { usePipelines } from '@/shared/reference'
import { AddCondition, ConditionChips } from '@/ui/conditions/filter-bar'
import { SearchInput } from '@/ui/search-input'
import { OwnerFilter } from '@/ui/owner-select'
import { type DealsSearch, type Narrowing, paramsOf } from './deals-search'
import { MoreFilters } from './more-filters'
import { ShownAs } from './shown-as'
import './sales.css'

const OF = { object: 'sales.deal', kind: 'deal' } as const

/** The same list with all of its records. */
export const cleared = ({ sort, columns, group, calendar }: DealsSearch): DealsSearch => ({
  sort,
  columns,
  group,
  calendar,
})

type Props = { search: DealsSearch; onSearch: (search: DealsSearch) => void }

/** The filters in a row; on a phone they fold away behind one button. */
export function DealsFilters({ search, onSearch }: Props) {
  const { t } = useLingui()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [unfolded, setUnfolded] = useState(false)
  const set = (change: DealsSearch) => onSearch({ ...search, ...change })
  const narrowed = Object.keys(paramsOf({ ...search, q: undefined })).length
  return (
    <Group gap={8} role="search" className="dl-filters" aria-label={t`Filters`}>
      <SearchInput
        label={t`Find a deal`}
        value={search.q ?? ''}
        onSearch={(q) => set({ q: q || undefined })}
      />
      {phone && (
        <Button
          variant={narrowed > 0 ? 'light' : 'default'}
          leftSection={<IconFilter size={16} />}
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          {narrowed > 0 ? t`Filters: ${narrowed}` : t`Filters`}
        </Button>
      )}
      {(!phone || unfolded) && (
        <Choices search={search} set={set}>
          {phone && <ShownAs search={search} onSearch={onSearch} />}
        </Choices>
      )}
      {(narrowed > 0 || search.q) && (
        <CloseButton
          aria-label={t`Clear the filters`}
          title={t`Clear the filters`}
          onClick={() => onSearch(cleared(search))}
        />
      )}
      <ConditionChips
        {...OF}
        parts={partsOf(search.filter)}
        onChange={(parts) => set({ filter: joined(parts) })}
      />
    </Group>
  )
}

function Choices({ search, set, children }: Narrowing & { children: ReactNode }) {
  const { t } = useLingui()
  const pipelines = usePipelines()
  const chosen = pipelines.find((pipeline) => pipeline.id === search.pipeline)
  const stages = (chosen ? [chosen] : pipelines).map((pipeline) => ({
    group: pipeline.name,
    items: pipeline.stages.map((stage) => ({ value: stage.id, label: stage.name })),
  }))
  return (
    <div className="dl-choices">
      {children}
      <Select
        aria-label={t`Pipeline`}
        placeholder={t`Any pipeline`}
        w={150}
        clearable
        data={pipelines.map((pipeline) => ({ value: pipeline.id, label: pipeline.name }))}
        value={search.pipeline ?? null}
        onChange={(id) => set({ pipeline: id ?? undefined, stage: undefined })}
      />
      <Select
        aria-label={t`Stage`}
        placeholder={t`Any stage`}
        w={150}
        clearable
        data={stages}
        value={search.stage ?? null}
        onChange={(id) => set({ stage: id ?? undefined })}
      />
      <Select
        aria-label={t`State`}
        placeholder={t`Any state`}
        w={172}
        clearable
        data={[
          { value: 'open', label: t({ message: 'Open', context: 'deals' }) },
          { value: 'won', label: t({ message: 'Won', context: 'deals' }) },
          { value: 'lost', label: t({ message: 'Lost', context: 'deals' }) },
        ]}
        value={search.kind ?? null}
        onChange={(kind) => set({ kind: (kind as StageKind | null) ?? undefined })}
      />
      <OwnerFilter value={search.owner} onChange={(owner) => set({ owner })} />
      <MoreFilters search={search} set={set} />
      <AddCondition
        {...OF}
        onAdd={(part) => set({ filter: joined([...partsOf(search.filter), part]) })}
      />
    </div>
  )
}
