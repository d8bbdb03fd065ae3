import { Button, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconCopy, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Role } from '@/shared/api/generated/model'
import { useColleagues, useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { rolesQuery } from './queries'

/** The roles there are, and how many have each. */
export function RolesPage() {
  const { t } = useLingui()
  const { data: roles, error, refetch } = useQuery(rolesQuery())
  const mayCreate = useMay('identity.role', 'create')
  return (
    <Page
      title={t`Roles`}
      hint={roles && <Plural value={roles.length} one="# role" other="# roles" />}
      actions={
        mayCreate && (
          <Button
            component={Link}
            to="/administration/roles/new"
            leftSection={<IconPlus size={16} />}
          >
            {t`New role`}
          </Button>
        )
      }
    >
      <section className="g-card" aria-label={t`Roles`}>
        {error && !roles ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !roles ? (
          <ListSkeleton />
        ) : (
          <ul className="tm">
            {roles.map((role) => (
              <RoleRow key={role.id} role={role} />
            ))}
          </ul>
        )}
      </section>
    </Page>
  )
}

function RoleRow({ role }: { role: Role }) {
  const { t, i18n } = useLingui()
  const mayCreate = useMay('identity.role', 'create')
  const colleagues = useColleagues()
  const name = roleName(i18n, role)
  const having = colleagues.filter(
    (user) => user.active && user.roles.some(({ id }) => id === role.id),
  )
  return (
    <li className="tm-row" data-role={role.id}>
      <div className="tm-text">
        <Link to="/administration/roles/$id" params={{ id: role.id }} className="g-link">
          <Text component="span" size="md" fw={560}>
            {name}
          </Text>
        </Link>{' '}
        {role.code && <Tag>{t`Came with Gausdo`}</Tag>}
        {role.about && (
          <Text size="sm" c="dimmed">
            {role.about}
          </Text>
        )}
      </div>
      <Link
        to="/administration/people"
        search={{ role: role.id }}
        className="g-link g-num tm-people"
      >
        <Text component="span" size="sm" c="dimmed">
          <Plural value={having.length} _0="nobody has it" one="# person" other="# people" />
        </Text>
      </Link>
      <div className="tm-acts">
        {mayCreate && (
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/administration/roles/new" search={{ from: role.id }} />
            )}
            size="compact-sm"
            variant="default"
            leftSection={<IconCopy size={14} />}
            aria-label={t`Copy the role “${name}”`}
          >
            {t`Copy`}
          </Button>
        )}
      </div>
    </li>
  )
}
