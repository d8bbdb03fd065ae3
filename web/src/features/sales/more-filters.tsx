import { Button, Popover, Select, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { competitorsQuery } from '@/shared/competitors'
import { useMe } from '@/shared/reference'
import { useEntryProblems } from '@/ui/entry-problems'
import { MoneyInput } from '@/ui/money-input'
import type { Narrowing } from './deals-search'
import { SegmentFilter } from './segment-filter'

/** A list that opens inside what is open already, which would close for a click outside of it. */
const INSIDE = { withinPortal: false }

/** What deals are narrowed down by less often: behind one button, the row has room for no more. */
export function MoreFilters({ search, set }: Narrowing) {
  const { t } = useLingui()
  const [opened, setOpened] = useState(false)
  const { competitor, segment, from, to } = search
  const count = [competitor, segment, from ?? to].filter(Boolean).length
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant={count > 0 ? 'light' : 'default'} onClick={() => setOpened(!opened)}>
          {count > 0 ? t`More: ${count}` : t`More`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown w={280}>
        <Stack gap="xs">
          <CompetitorFilter search={search} set={set} />
          <SegmentFilter
            w="100%"
            comboboxProps={INSIDE}
            value={segment}
            onChange={(chosen) => set({ segment: chosen })}
          />
          <SumFilter search={search} set={set} onDone={() => setOpened(false)} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Offered as soon as any competitor is known. */
function CompetitorFilter({ search, set }: Narrowing) {
  const { t } = useLingui()
  const { data = [] } = useQuery(competitorsQuery())
  if (data.length === 0) return null
  return (
    <Select
      aria-label={t`Competitor`}
      placeholder={t`Any competitor`}
      clearable
      searchable
      limit={50}
      comboboxProps={INSIDE}
      data={data.map((one) => ({ value: one.id, label: one.name }))}
      value={search.competitor ?? null}
      onChange={(id) => set({ competitor: id ?? undefined })}
    />
  )
}

function SumFilter({ search, set, onDone }: Narrowing & { onDone: () => void }) {
  const { t } = useLingui()
  const { base_currency } = useMe()
  const [bounds, setBounds] = useState({ from: search.from ?? '', to: search.to ?? '' })
  const problems = useEntryProblems()
  const wrong = { from: problems.sum(bounds.from), to: problems.sum(bounds.to) }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong.from || wrong.to) return
        set({ from: bounds.from || undefined, to: bounds.to || undefined })
        onDone()
      }}
    >
      <Stack gap="xs">
        <MoneyInput
          label={t`Sum from`}
          currency={base_currency}
          value={bounds.from}
          error={wrong.from}
          onChange={(from) => setBounds({ ...bounds, from })}
        />
        <MoneyInput
          label={t`Sum to`}
          currency={base_currency}
          value={bounds.to}
          error={wrong.to}
          onChange={(to) => setBounds({ ...bounds, to })}
        />
        <Button type="submit">{t`Apply`}</Button>
      </Stack>
    </form>
  )
}
