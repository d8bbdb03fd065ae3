import { MultiSelect, PasswordInput, Select, Switch, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { User } from '@/shared/api/generated/model'
import { LOCALES, type Locale } from '@/shared/i18n/i18n'
import { useDraftForm } from '@/shared/lib/form'
import { given } from '@/shared/lib/list'
import { useTeams } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { EntryForm } from '@/ui/form-parts'
import { useChangeUser, useInvite, useJoin } from './changes'
import { useRoles } from './queries'
import { useRefusal } from './refusals'

type Props = {
  /** Absent for somebody new. */
  user?: User
  onDone: () => void
}

const SHORTEST = 8
const NOBODY = { id: '', name: '', email: '', roles: [], team_id: null, version: undefined }

/** Somebody who works here: what they are called, what they may do, whose team they are in. */
export function PersonForm({ user, onDone }: Props) {
  const { t, i18n } = useLingui()
  const roles = useRoles()
  const teams = useTeams()
  const refusal = useRefusal()
  const add = useJoin()
  const invite = useInvite()
  const change = useChangeUser()
  const { version, ...now } = user ?? NOBODY
  const initial = {
    name: now.name,
    email: now.email,
    by_letter: true,
    locale: i18n.locale as Locale,
    password: '',
    roles: now.roles.map((role) => role.id),
    team_id: now.team_id,
  }
  const kept = useDraftForm({
    draft: `user.${user?.id ?? 'new'}`,
    initial,
    ...(version !== undefined && { version }),
    unkept: ['password'],
    validate: (values) => ({
      name: values.name.trim() ? null : t`Say what they are called`,
      email: /^[^@\s]+@[^@\s]+$/.test(values.email.trim()) ? null : t`Not an e-mail address`,
      roles: values.roles.length > 0 ? null : t`Choose at least one role`,
      password:
        user || values.by_letter || values.password.length >= SHORTEST
          ? null
          : t`At least ${SHORTEST} characters`,
    }),
  })
  const { form, once, began, refuse, discard } = kept

  async function send({ password, by_letter, locale, ...values }: typeof initial) {
    try {
      if (user) {
        const sent = { ...values, version: began ?? user.version }
        await change.mutateAsync({ id: user.id, values: sent, once: once() })
        notifications.show({ message: t`What was changed is saved` })
      } else {
        const { name, email, roles } = values
        const sent = { ...given(values), name, email, roles, locale }
        if (by_letter) await invite.mutateAsync({ values: sent, once: once() })
        else await add.mutateAsync({ values: { ...sent, password }, once: once() })
        notifications.show({
          message: by_letter ? t`A letter to ${name} is on its way` : t`${name} may sign in now`,
        })
      }
      discard()
      onDone()
    } catch (error) {
      refuse(error, refusal.unnamed(error))
    }
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={user ? t`Save` : form.values.by_letter ? t`Invite` : t`Add`}
      busy={add.isPending || invite.isPending || change.isPending}
      onCancel={onDone}
    >
      <TextInput
        data-autofocus
        label={t({ message: 'Name', context: 'of a person' })}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <TextInput
        type="email"
        label={t`E-mail`}
        description={t`They sign in with it`}
        withAsterisk
        maxLength={254}
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      {!user && (
        <Select
          label={t`Language`}
          description={t`Of the letter, and of what they will see`}
          allowDeselect={false}
          data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('locale')}
        />
      )}
      {!user && (
        <Switch
          label={t`Invite by letter`}
          description={t`They choose their password by a link that is good for seven days`}
          {...form.getInputProps('by_letter', { type: 'checkbox' })}
        />
      )}
      {!user && !form.values.by_letter && (
        <PasswordInput
          label={t`First password`}
          withAsterisk
          maxLength={128}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
      )}
      <MultiSelect
        label={t`Roles`}
        description={t`What several roles grant is put together`}
        withAsterisk
        searchable
        data={roles.map((role) => ({ value: role.id, label: roleName(i18n, role) }))}
        {...form.getInputProps('roles')}
      />
      <Select
        label={t`Team`}
        placeholder={t`In no team`}
        clearable
        searchable
        data={teams.map((team) => ({ value: team.id, label: team.name }))}
        {...form.getInputProps('team_id')}
      />
    </EntryForm>
  )
}
