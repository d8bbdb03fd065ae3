import { Button, Group, Popover, Select, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { StageKind } from '@/shared/api/generated/model'
import { useQuery } from '@tanstack/react-query'
import { competitorsQuery } from '@/shared/competitors'
import { joined, partsOf } from '@/shared/conditions'
import { useMe, usePipelines } from '@/shared/reference'
import { AddCondition, ConditionChips } from '@/ui/conditions/filter-bar'
import { MoneyInput } from '@/ui/money-input'
import { useEntryProblems } from '@/ui/entry-problems'
import { SearchInput } from '@/ui/search-input'
import { DateMenu, LayoutSwitch } from '@/ui/calendar/layout-switch'
import { GroupMenu } from '@/ui/groups/group-menu'
import { OwnerFilter } from '@/ui/owner-select'
import { type DealsSearch, paramsOf } from './deals-search'
import { SegmentFilter } from './segment-filter'
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
    <Group gap={8} role="search" aria-label={t`Filters`}>
      <SearchInput
        label={t`Find a deal`}
        value={search.q ?? ''}
        onSearch={(q) => set({ q: q || undefined })}
      />
      <LayoutSwitch
        value={search.calendar ? 'calendar' : 'table'}
        onChange={(as) => set({ calendar: as === 'calendar' ? 'expected_on' : undefined })}
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
      {(!phone || unfolded) && <Choices search={search} set={set} />}
      {(narrowed > 0 || search.q) && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconX size={14} />}
          onClick={() => onSearch(cleared(search))}
        >
          {t`Clear the filters`}
        </Button>
      )}
      <ConditionChips
        {...OF}
        parts={partsOf(search.filter)}
        onChange={(parts) => set({ filter: joined(parts) })}
      />
    </Group>
  )
}

type ChoiceProps = { search: DealsSearch; set: (change: DealsSearch) => void }

function Choices({ search, set }: ChoiceProps) {
  const { t } = useLingui()
  const pipelines = usePipelines()
  const chosen = pipelines.find((pipeline) => pipeline.id === search.pipeline)
  const stages = (chosen ? [chosen] : pipelines).map((pipeline) => ({
    group: pipeline.name,
    items: pipeline.stages.map((stage) => ({ value: stage.id, label: stage.name })),
  }))
  return (
    <div className="dl-choices">
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
        w={160}
        clearable
        data={stages}
        value={search.stage ?? null}
        onChange={(id) => set({ stage: id ?? undefined })}
      />
      <Select
        aria-label={t`State`}
        placeholder={t`Any state`}
        w={164}
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
      <CompetitorFilter search={search} set={set} />
      <SegmentFilter value={search.segment} onChange={(segment) => set({ segment })} />
      <SumFilter search={search} set={set} />
      {search.calendar ? (
        <DateMenu of={OF} by={search.calendar} onChange={(calendar) => set({ calendar })} />
      ) : (
        <GroupMenu of={OF} by={search.group} onChange={(group) => set({ group })} />
      )}
      <AddCondition
        {...OF}
        onAdd={(part) => set({ filter: joined([...partsOf(search.filter), part]) })}
      />
    </div>
  )
}

/** Offered as soon as any competitor is known. */
function CompetitorFilter({ search, set }: ChoiceProps) {
  const { t } = useLingui()
  const { data = [] } = useQuery(competitorsQuery())
  if (data.length === 0) return null
  return (
    <Select
      aria-label={t`Competitor`}
      placeholder={t`Any competitor`}
      w={170}
      clearable
      searchable
      limit={50}
      data={data.map((one) => ({ value: one.id, label: one.name }))}
      value={search.competitor ?? null}
      onChange={(id) => set({ competitor: id ?? undefined })}
    />
  )
}

function SumFilter({ search, set }: ChoiceProps) {
  const { t } = useLingui()
  const { base_currency } = useMe()
  const [opened, setOpened] = useState(false)
  const [bounds, setBounds] = useState({ from: search.from ?? '', to: search.to ?? '' })
  const problems = useEntryProblems()
  const wrong = { from: problems.sum(bounds.from), to: problems.sum(bounds.to) }
  const active = search.from !== undefined || search.to !== undefined
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant={active ? 'light' : 'default'}
          onClick={() => {
            setBounds({ from: search.from ?? '', to: search.to ?? '' })
            setOpened(!opened)
          }}
        >
          {t`Sum`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (wrong.from || wrong.to) return
            set({ from: bounds.from || undefined, to: bounds.to || undefined })
            setOpened(false)
          }}
        >
          <Stack gap="xs">
            <MoneyInput
              label={t`From`}
              currency={base_currency}
              value={bounds.from}
              error={wrong.from}
              onChange={(from) => setBounds({ ...bounds, from })}
            />
            <MoneyInput
              label={t`To`}
              currency={base_currency}
              value={bounds.to}
              error={wrong.to}
              onChange={(to) => setBounds({ ...bounds, to })}
            />
            <Button type="submit">{t`Apply`}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
