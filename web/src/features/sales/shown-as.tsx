import { DateMenu, LayoutSwitch } from '@/ui/calendar/layout-switch'
import { GroupMenu } from '@/ui/groups/group-menu'
import type { DealsSearch } from './deals-search'

const OF = { object: 'sales.deal', kind: 'deal' } as const

type Props = { search: DealsSearch; onSearch: (search: DealsSearch) => void }

/** Whether deals are a table, and in which groups, or a calendar, and of which date. */
export function ShownAs({ search, onSearch }: Props) {
  const set = (change: DealsSearch) => onSearch({ ...search, ...change })
  return (
    <>
      <LayoutSwitch
        value={search.calendar ? 'calendar' : 'table'}
        onChange={(as) => set({ calendar: as === 'calendar' ? 'expected_on' : undefined })}
      />
      {search.calendar ? (
        <DateMenu of={OF} by={search.calendar} onChange={(calendar) => set({ calendar })} />
      ) : (
        <GroupMenu of={OF} by={search.group} onChange={(group) => set({ group })} />
      )}
    </>
  )
}
