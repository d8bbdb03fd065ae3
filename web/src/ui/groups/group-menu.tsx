import { Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconStack2 } from '@tabler/icons-react'
import { useGroupFields, type Of } from './fields'

type Props = { of: Of; by: string | undefined; onChange: (by: string | undefined) => void }

/** By what a list is grouped, or that it is not. */
export function GroupMenu({ of, by, onChange }: Props) {
  const { t } = useLingui()
  const fields = useGroupFields(of)
  return (
    <Select
      aria-label={t`Group by`}
      placeholder={t`No groups`}
      leftSection={<IconStack2 size={16} aria-hidden="true" />}
      w={230}
      clearable
      data={fields}
      value={fields.some(({ value }) => value === by) ? (by ?? null) : null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
    />
  )
}
