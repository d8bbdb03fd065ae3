import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Guarded, Role } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { dropDraft, readDraft } from '@/shared/lib/draft'
import { useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { BackTo } from '@/ui/back-to'
import { Failure, NoRights } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useAddRole, useChangeRole } from './changes'
import { catalogueQuery, rolesQuery } from './queries'
import { RemoveRole } from './remove-role'
import { RoleForm } from './role-form'
import { RolePeople } from './role-people'

/** What the server would say of a role that is not among them. */
const GONE = new ApiError({ status: 404, code: 'not-found', title: 'Not found' })

/** A new role, empty or as another one is. */
export function NewRolePage({ from }: { from: string | undefined }) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const add = useAddRole()
  const mayCreate = useMay('identity.role', 'create')
  const roles = useQuery(rolesQuery())
  const catalogue = useQuery(catalogueQuery())
  const broken = [roles, catalogue].find((query) => query.error && !query.data)
  const pattern = roles.data?.find((role) => role.id === from)
  const original = pattern ? roleName(i18n, pattern) : ''
  return (
    <Page title={t`New role`}>
      {!mayCreate ? (
        <NoRights back={<BackTo to="/administration/roles">{t`All roles`}</BackTo>} />
      ) : broken ? (
        <Failure error={broken.error} onRetry={() => void broken.refetch()} />
      ) : !roles.data || !catalogue.data ? (
        <ListSkeleton rows={8} />
      ) : (
        <RoleForm
          draft={`role.new.${from ?? ''}`}
          catalogue={catalogue.data}
          initial={{
            name: pattern ? t`${original} (copy)` : '',
            about: pattern?.about ?? '',
            grants: pattern?.grants ?? [],
          }}
          verb={t`Create role`}
          busy={add.isPending}
          onCancel={() => void navigate({ to: '/administration/roles' })}
          onSave={async (values, once) => {
            const role = await add.mutateAsync({ values, once })
            const { name } = role
            notifications.show({ message: t`The role “${name}” is there: give it to people` })
            await navigate({ to: '/administration/roles/$id', params: { id: role.id } })
          }}
        />
      )}
    </Page>
  )
}

/** One role: what it grants, who has it. */
export function RolePage({ id }: { id: string }) {
  const { t, i18n } = useLingui()
  const roles = useQuery(rolesQuery())
  const catalogue = useQuery(catalogueQuery())
  const mayCreate = useMay('identity.role', 'create')
  const role = roles.data?.find((one) => one.id === id)
  const back = <BackTo to="/administration/roles">{t`All roles`}</BackTo>
  const broken = [roles, catalogue].find((query) => query.error && !query.data)
  if (!role || !catalogue.data) {
    return (
      <Page title={t`Role`}>
        {broken ? (
          <Failure error={broken.error} onRetry={() => void broken.refetch()} back={back} />
        ) : roles.data && catalogue.data ? (
          <Failure error={GONE} back={back} />
        ) : (
          <ListSkeleton rows={8} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={roleName(i18n, role)}
      hint={role.code && <Tag>{t`Came with Gausdo`}</Tag>}
      actions={
        <>
          <RemoveRole role={role} />
          {mayCreate && (
            <Button
              renderRoot={(props) => (
                <Link {...props} to="/administration/roles/new" search={{ from: id }} />
              )}
              variant="default"
              leftSection={<IconCopy size={16} />}
            >
              {t`Copy`}
            </Button>
          )}
        </>
      }
    >
      <EditedRole role={role} catalogue={catalogue.data} />
      <RolePeople role={role} />
    </Page>
  )
}

/** The form of a role: it follows what others save until one begins to change it oneself. */
function EditedRole({ role, catalogue }: { role: Role; catalogue: readonly Guarded[] }) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const change = useChangeRole()
  const mayEdit = useMay('identity.role', 'edit')
  const draft = `role.${role.id}`
  const [shown, setShown] = useState(role.version)
  if (role.version !== shown && readDraft(draft) === undefined) setShown(role.version)
  const { name, about, grants } = role
  const fixed = role.locked
    ? t`This role always grants everything, so that nobody locks themselves out. Copy it to have a narrower one.`
    : mayEdit
      ? undefined
      : t`You may look only: changing roles needs a right of its own.`
  return (
    <RoleForm
      key={shown}
      id={role.id}
      draft={draft}
      catalogue={catalogue}
      initial={{ name: fixed ? roleName(i18n, role) : name, about, grants }}
      version={role.version}
      fixed={fixed}
      verb={t`Save`}
      busy={change.isPending}
      onCancel={() => {
        dropDraft(draft)
        void navigate({ to: '/administration/roles' })
      }}
      onSave={async (values, once, began = role.version) => {
        await change.mutateAsync({ id: role.id, values: { ...values, version: began }, once })
        notifications.show({ message: t`The role is saved; it holds at once` })
      }}
    />
  )
}
