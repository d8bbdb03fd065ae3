import { ActionIcon, Select, SimpleGrid, TextInput, type ComboboxItem } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { IconTrash } from '@tabler/icons-react'
import type { ProviderValues } from './provider-model'

type Props = {
  form: UseFormReturnType<ProviderValues>
  index: number
  roles: ComboboxItem[]
  teams: ComboboxItem[]
}

/** What who is in one group has here. */
export function MappingFields({ form, index, roles, teams }: Props) {
  const { t } = useLingui()
  const at = `mapping.${index}`
  const number = index + 1
  return (
    <div className="fp-mapping" role="group" aria-label={t`Group ${number}`}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          className="fp-group"
          label={t`Group at the provider`}
          maxLength={200}
          {...form.getInputProps(`${at}.group`)}
        />
        <Select label={t`Role`} clearable data={roles} {...form.getInputProps(`${at}.role_id`)} />
        <Select label={t`Team`} clearable data={teams} {...form.getInputProps(`${at}.team_id`)} />
      </SimpleGrid>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={t`Remove group ${number}`}
        onClick={() => form.removeListItem('mapping', index)}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </div>
  )
}
