import { Button, Group, Modal, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useState, type ReactNode } from 'react'
import type { User } from '@/shared/api/generated/model'
import { Confirm } from '@/ui/confirm'
import { useFocusBack } from '@/ui/use-focus-back'
import { useChangeUser } from './changes'
import { Invited, useInvitations } from './invitation'
import { PersonForm } from './person-form'
import { useRefusal } from './refusals'

type Props = {
  user?: User
  onClose: () => void
  /** What there is to say and do about how they sign in. */
  children?: ReactNode
}

/** The form of somebody new, or of `user`, over the list. */
export function PersonDialog({ user, onClose, children }: Props) {
  const { t } = useLingui()
  const invitation = useInvitations().find((one) => one.user_id === user?.id)
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={user ? user.name : t`New person here`}>
      {user && invitation && <Invited user={user} invitation={invitation} />}
      {user && !invitation && <LetIn user={user} />}
      {user ? <PersonForm user={user} onDone={onClose} /> : <PersonForm onDone={onClose} />}
      {children}
    </Modal>
  )
}

/** Whether somebody is let in, and the switch of it; what is theirs stays theirs either way. */
function LetIn({ user }: { user: User }) {
  const { t } = useLingui()
  const change = useChangeUser()
  const refusal = useRefusal()
  const [asked, setAsked] = useState(false)
  const { name, active } = user

  function set() {
    change.mutate(
      { id: user.id, values: { active: !active, version: user.version } },
      {
        onSuccess: () =>
          notifications.show({
            message: active ? t`${name} is let in no more` : t`${name} may sign in again`,
          }),
        onError: (error) =>
          notifications.show({
            color: 'red',
            title: t`Nothing was changed`,
            message: refusal.told(error),
          }),
        onSettled: () => setAsked(false),
      },
    )
  }

  return (
    <Group justify="space-between" mb="sm" gap="xs">
      <Text size="sm" c="dimmed">
        {active ? t`May sign in` : t`Switched off: is not let in`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
        {active ? t`Switch off…` : t`Let in again…`}
      </Button>
      <Confirm
        opened={asked}
        title={active ? t`Switch ${name} off?` : t`Let ${name} in again?`}
        verb={active ? t`Switch off` : t`Let in`}
        busy={change.isPending}
        onConfirm={set}
        onClose={() => setAsked(false)}
      >
        {active
          ? t`They are signed out everywhere at once and are let in no more. Their records, tasks and history stay theirs.`
          : t`They sign in with the password they had, with the roles and the team shown here.`}
      </Confirm>
    </Group>
  )
}
