import { ActionIcon, Avatar, Button, Text } from '@mantine/core'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { IconPencil, IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Team } from '@/shared/api/generated/model'
import { teamsQuery, useColleagues, useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useKey } from '@/ui/use-key'
import { TeamDialog } from './team-dialog'
import { treeOf } from './team-tree'

type Opened = { team?: Team; below?: string }

/** The teams as a tree, each with its lead and its people. */
export function TeamsPage() {
  const { t } = useLingui()
  const { data: teams, error, refetch } = useQuery(teamsQuery())
  const [opened, setOpened] = useState<Opened>()
  const mayCreate = useMay('identity.team', 'create')
  useKey('n', () => mayCreate && setOpened({}))
  const button = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpened({})}>
      {t`New team`}
    </Button>
  )
  return (
    <Page
      title={t`Teams`}
      hint={teams && <Plural value={teams.length} one="# team" other="# teams" />}
      actions={button}
    >
      <section className="g-card" aria-label={t`Teams`}>
        {error && !teams ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !teams ? (
          <ListSkeleton />
        ) : teams.length === 0 ? (
          <EmptyState
            icon={IconUsersGroup}
            title={t`No teams yet`}
            text={t`A team shares the view of its records; teams below one another share it upwards.`}
            action={button}
          />
        ) : (
          <ul className="tm">
            {treeOf(teams).map(({ team, depth }) => (
              <TeamRow key={team.id} team={team} depth={depth} onOpen={setOpened} />
            ))}
          </ul>
        )}
      </section>
      {opened && <TeamDialog {...opened} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

type RowProps = { team: Team; depth: number; onOpen: (opened: Opened) => void }

function TeamRow({ team, depth, onOpen }: RowProps) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  const mayCreate = useMay('identity.team', 'create')
  const mayEdit = useMay('identity.team', 'edit')
  const { id, name } = team
  const lead = colleagues.find((user) => user.id === team.lead_id)?.name
  const people = colleagues.filter((user) => user.team_id === id && user.active)
  return (
    <li className="tm-row" style={{ paddingInlineStart: `${depth * 24}px` }} data-team={id}>
      <div className="tm-text">
        <Link to="/administration/people" search={{ team: id }} className="g-link">
          <Text component="span" size="md" fw={560}>
            {name}
          </Text>
        </Link>
        <Text component="div" size="sm" c="dimmed">
          {lead ? <Trans>Lead: {lead}</Trans> : t`Nobody leads it`}
          <span aria-hidden="true"> · </span>
          <Plural value={people.length} _0="nobody in it" one="# person" other="# people" />
        </Text>
      </div>
      <Avatar.Group className="tm-people" aria-hidden="true">
        {people.slice(0, 5).map((user) => (
          <Avatar key={user.id} size={28} name={user.name} color="iris" title={user.name} />
        ))}
        {people.length > 5 && <Avatar size={28}>+{people.length - 5}</Avatar>}
      </Avatar.Group>
      <div className="tm-acts">
        {mayCreate && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`New team below “${name}”`}
            title={t`New team below “${name}”`}
            onClick={() => onOpen({ below: id })}
          >
            <IconPlus size={16} />
          </ActionIcon>
        )}
        {mayEdit && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Change: ${name}`}
            title={t`Change: ${name}`}
            onClick={() => onOpen({ team })}
          >
            <IconPencil size={16} />
          </ActionIcon>
        )}
      </div>
    </li>
  )
}
