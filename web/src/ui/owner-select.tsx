import { Select, type SelectProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useColleagues } from '@/shared/reference'

/** One of those who work here, found by name. */
export function OwnerSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useLingui()
  const data = useColleagues().map((user) => ({ value: user.id, label: user.name }))
  const chosen = data.find((one) => one.value === props.value)
  return (
    <Select
      aria-label={t`Owner`}
      title={chosen?.label ?? props.placeholder}
      searchable
      data={data}
      {...props}
    />
  )
}

type FilterProps = { value: string | undefined; onChange: (owner: string | undefined) => void }

/** Narrows a page down to what one of them looks after. */
export function OwnerFilter({ value, onChange }: FilterProps) {
  const { t } = useLingui()
  return (
    <OwnerSelect
      placeholder={t`Any owner`}
      w={196}
      clearable
      value={value ?? null}
      onChange={(owner) => onChange(owner ?? undefined)}
    />
  )
}
