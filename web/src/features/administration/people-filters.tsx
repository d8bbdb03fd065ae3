import { Group, Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { User } from '@/shared/api/generated/model'
import { useTeams } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { SearchInput } from '@/ui/search-input'
import { useRoles } from './queries'

/** What narrows the list, as it stands in the address; whoever is switched off is asked for. */
export type PeopleSearch = {
  q?: string | undefined
  role?: string | undefined
  team?: string | undefined
  state?: 'off' | 'all' | undefined
}

/** Those of `users` the search is for. */
export function found(users: readonly User[], search: PeopleSearch): User[] {
  const words = search.q?.toLocaleLowerCase() ?? ''
  return users.filter(
    (user) =>
      `${user.name} ${user.email}`.toLocaleLowerCase().includes(words) &&
      (!search.role || user.roles.some((role) => role.id === search.role)) &&
      (!search.team || user.team_id === search.team) &&
      (search.state === 'all' || user.active === (search.state !== 'off')),
  )
}

type Props = { search: PeopleSearch; onSearch: (search: PeopleSearch) => void }

export function PeopleFilters({ search, onSearch }: Props) {
  const { t, i18n } = useLingui()
  const roles = useRoles()
  const teams = useTeams()
  const set = (change: PeopleSearch) => onSearch({ ...search, ...change })
  return (
    <Group gap={8}>
      <SearchInput
        label={t`Find by name or e-mail`}
        value={search.q ?? ''}
        onSearch={(q) => set({ q: q || undefined })}
      />
      <Select
        aria-label={t`Role`}
        placeholder={t`Any role`}
        w={150}
        clearable
        data={roles.map((role) => ({ value: role.id, label: roleName(i18n, role) }))}
        value={search.role ?? null}
        onChange={(role) => set({ role: role ?? undefined })}
      />
      <Select
        aria-label={t`Team`}
        placeholder={t`Any team`}
        w={150}
        clearable
        searchable
        data={teams.map((team) => ({ value: team.id, label: team.name }))}
        value={search.team ?? null}
        onChange={(team) => set({ team: team ?? undefined })}
      />
      <Select
        aria-label={t`State`}
        w={150}
        allowDeselect={false}
        data={[
          { value: 'on', label: t({ message: 'Switched on', context: 'person' }) },
          { value: 'off', label: t({ message: 'Switched off', context: 'person' }) },
          { value: 'all', label: t({ message: 'All', context: 'people' }) },
        ]}
        value={search.state ?? 'on'}
        onChange={(state) => set({ state: state === 'off' || state === 'all' ? state : undefined })}
      />
    </Group>
  )
}
