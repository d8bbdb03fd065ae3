import { MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ApiKey, NewApiKey } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { roleName } from '@/shared/role-name'
import { EntryForm } from '@/ui/form-parts'
import { useChangeApiKey, useMakeApiKey } from './changes'
import { rolesQuery } from './queries'

const DAYS = [30, 90, 180, 365]

type Props = { apiKey?: ApiKey; onMade: (made: NewApiKey) => void; onClose: () => void }

export function KeyForm({ apiKey, onMade, onClose }: Props) {
  const { t, i18n } = useLingui()
  const { data: roles = [] } = useQuery(rolesQuery())
  const make = useMakeApiKey()
  const change = useChangeApiKey()
  const initial = {
    name: apiKey?.name ?? '',
    roles: [] as string[],
    days: '90',
    networks: apiKey?.networks ?? [],
    limit: (apiKey?.limit ?? '') as number | string,
  }
  const kept = useDraftForm({
    draft: apiKey ? `api-key.${apiKey.id}` : 'api-key.new',
    initial,
    ...(apiKey && { version: apiKey.version }),
    fields: (field) => field.split('.')[0],
    validate: (values) => ({
      name: values.name.trim() ? null : t`Name the key`,
      roles: apiKey || values.roles.length > 0 ? null : t`Choose at least one role`,
    }),
  })
  const { form, once, began, refuse, discard } = kept

  async function send(values: typeof initial) {
    const limit = values.limit === '' ? null : Number(values.limit)
    const same = { name: values.name.trim(), networks: values.networks, limit }
    try {
      if (apiKey) {
        const told = { ...same, version: began ?? apiKey.version }
        await change.mutateAsync({ id: apiKey.id, change: told, once: once() })
        discard()
        onClose()
      } else {
        const days = Number(values.days)
        const made = await make.mutateAsync({ ...same, days, roles: values.roles })
        discard()
        onMade(made)
      }
    } catch (error) {
      refuse(error)
    }
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={apiKey ? t`Save` : t`Make the key`}
      busy={make.isPending || change.isPending}
      onCancel={onClose}
    >
      <TextInput
        data-autofocus
        label={t`Name`}
        description={t`Which program comes with it`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      {!apiKey && (
        <>
          <MultiSelect
            label={t`Roles`}
            description={t`The key may what these roles and you yourself both may; never change people, roles, rules or keys`}
            withAsterisk
            data={roles.map((role) => ({ value: role.id, label: roleName(i18n, role) }))}
            {...form.getInputProps('roles')}
          />
          <Select
            label={t`Ends after`}
            allowDeselect={false}
            data={DAYS.map((days) => ({
              value: String(days),
              label: t`${plural(days, { one: '# day', other: '# days' })}`,
            }))}
            {...form.getInputProps('days')}
          />
        </>
      )}
      <TagsInput
        label={t`Only from these networks`}
        description={t`As 203.0.113.0/24 or 2001:db8::/32; from anywhere when there are none`}
        {...form.getInputProps('networks')}
      />
      <NumberInput
        label={t`Requests a minute`}
        description={t`As many as a person when left empty`}
        min={1}
        max={100_000}
        allowDecimal={false}
        {...form.getInputProps('limit')}
      />
    </EntryForm>
  )
}
