import { Avatar, Button, Group, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconPlus, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import type { User } from '@/shared/api/generated/model'
import { rowsIn } from '@/shared/lib/long-list'
import { colleaguesQuery, useMay, useTeams } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { DataGrid, type GridColumn } from '@/ui/data-grid/data-grid'
import { EmptyState } from '@/ui/empty-state'
import { Page } from '@/ui/page'
import { Tag } from '@/ui/tag'
import { useKey } from '@/ui/use-key'
import { useInvitations } from './invitation'
import { found, PeopleFilters, type PeopleSearch } from './people-filters'
import { PersonDialog } from './person-dialog'

type Props = {
  search: PeopleSearch
  onSearch: (search: PeopleSearch) => void
  /** What there is to say and do about how somebody signs in. */
  access: (user: User) => ReactNode
}

/** Everybody who works here: their roles, their team, whether they are let in. */
export function PeoplePage({ search, onSearch, access }: Props) {
  const { t } = useLingui()
  const query = useQuery(colleaguesQuery())
  const users = useMemo(() => found(query.data ?? [], search), [query.data, search])
  const rows = useMemo(() => rowsIn(users), [users])
  const columns = usePeopleColumns()
  const mayCreate = useMay('identity.user', 'create')
  const mayEdit = useMay('identity.user', 'edit')
  const [opened, setOpened] = useState<string>()
  const chosen = query.data?.find((user) => user.id === opened)
  useKey('n', () => mayCreate && setOpened('new'))
  return (
    <Page
      fixed
      title={t`People who work here`}
      hint={query.data && <Plural value={users.length} one="# person" other="# people" />}
      filters={<PeopleFilters search={search} onSearch={onSearch} />}
      actions={
        mayCreate && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpened('new')}>
            {t`Add a person`}
          </Button>
        )
      }
    >
      <div className="g-fill">
        <DataGrid
          label={t`People who work here`}
          columns={columns}
          rows={rows}
          rowId={(user) => user.id}
          source={{
            ...query,
            hasNextPage: false,
            isFetchingNextPage: false,
            fetchNextPage: () => undefined,
          }}
          sort="name"
          onSort={() => undefined}
          onOpen={(user) => mayEdit && setOpened(user.id)}
          empty={
            <EmptyState
              icon={IconUsers}
              title={t`Nothing found`}
              text={t`Try fewer letters, or another word.`}
            />
          }
        />
      </div>
      {opened === 'new' && <PersonDialog onClose={() => setOpened(undefined)} />}
      {chosen && (
        <PersonDialog user={chosen} onClose={() => setOpened(undefined)}>
          {access(chosen)}
        </PersonDialog>
      )}
    </Page>
  )
}

function usePeopleColumns(): GridColumn<User>[] {
  const { t, i18n } = useLingui()
  const teams = useTeams()
  const invitations = useInvitations()
  return useMemo(() => {
    const invited = new Set(invitations.map((one) => one.user_id))
    const teamNames = new Map(teams.map((team) => [team.id, team.name]))
    return [
      {
        id: 'name',
        header: t({ message: 'Name', context: 'of a person' }),
        width: 'minmax(180px,1.3fr)',
        narrow: 'minmax(0,1.3fr)',
        cell: (user) => (
          <Group gap={10} wrap="nowrap">
            <Avatar size={26} name={user.name} color="iris" aria-hidden="true" />
            <Text inherit fw={540} truncate>
              {user.name}
            </Text>
            {!user.active && <Tag>{t({ message: 'Switched off', context: 'person' })}</Tag>}
            {user.active && invited.has(user.id) && (
              <Tag tone="blue">{t({ message: 'Invited', context: 'person' })}</Tag>
            )}
          </Group>
        ),
      },
      {
        id: 'email',
        header: t`E-mail`,
        width: 'minmax(180px,1.4fr)',
        cell: (user) => user.email,
      },
      {
        id: 'roles',
        header: t`Roles`,
        width: 'minmax(160px,1.4fr)',
        narrow: 'minmax(0,1fr)',
        cell: (user) => user.roles.map((role) => roleName(i18n, role)).join(', '),
      },
      {
        id: 'team',
        header: t`Team`,
        width: 'minmax(120px,1fr)',
        cell: (user) => teamNames.get(user.team_id ?? '') ?? '—',
      },
    ]
  }, [t, i18n, teams, invitations])
}
