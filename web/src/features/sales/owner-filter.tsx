import { Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useColleagues } from '@/shared/reference'

type Props = { value: string | undefined; onChange: (owner: string | undefined) => void }

export function OwnerFilter({ value, onChange }: Props) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  return (
    <Select
      aria-label={t`Owner`}
      placeholder={t`Any owner`}
      w={196}
      clearable
      searchable
      data={colleagues.map((user) => ({ value: user.id, label: user.name }))}
      value={value ?? null}
      onChange={(owner) => onChange(owner ?? undefined)}
    />
  )
}
