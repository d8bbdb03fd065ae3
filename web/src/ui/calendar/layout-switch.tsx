import { SegmentedControl, Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCalendarMonth, IconTable } from '@tabler/icons-react'
import { useDateFields, type Of } from '@/ui/groups/fields'

type Layout = 'table' | 'calendar'
type Props = { value: Layout; onChange: (layout: Layout) => void }

/** Whether a list is a table or a calendar. */
export function LayoutSwitch({ value, onChange }: Props) {
  const { t } = useLingui()
  const option = (layout: Layout, label: string, Icon: typeof IconTable) => ({
    value: layout,
    label: (
      <span style={{ display: 'grid', placeItems: 'center', height: '100%' }}>
        <Icon size={16} aria-hidden="true" />
        <span className="g-sr">{label}</span>
      </span>
    ),
  })
  return (
    <SegmentedControl
      aria-label={t`Shown as`}
      value={value}
      onChange={(next) => onChange(next as Layout)}
      data={[
        option('table', t`Table`, IconTable),
        option('calendar', t`Calendar`, IconCalendarMonth),
      ]}
    />
  )
}

type DateProps = { of: Of; by: string; onChange: (by: string) => void }

/** By which date records stand in a calendar. */
export function DateMenu({ of, by, onChange }: DateProps) {
  const { t } = useLingui()
  return (
    <Select
      aria-label={t`Date of the calendar`}
      w={200}
      allowDeselect={false}
      data={useDateFields(of)}
      value={by}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  )
}
