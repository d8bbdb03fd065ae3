import { Button, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { inviteAgain, invitations, withdrawInvitation } from '@/shared/api/generated/authentication'
import type { Invitation, User } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { RelativeTime } from '@/ui/relative-time'
import { useChanging } from './changes'
import { useRefusal } from './refusals'

const invitationsQuery = () =>
  queryOptions({
    queryKey: ['users', 'invitations'],
    queryFn: ({ signal }) => invitations({ signal }),
  })

const NOBODY: Invitation[] = []

/** Who is invited and has not come yet. */
export function useInvitations(): Invitation[] {
  const mayInvite = useMay('identity.user', 'create')
  return useQuery({ ...invitationsQuery(), enabled: mayInvite }).data ?? NOBODY
}

/** That somebody has not come yet, and another letter to them. */
export function Invited({ user, invitation }: { user: User; invitation: Invitation }) {
  const { t } = useLingui()
  const refusal = useRefusal()
  const mayClose = useMay('identity.user', 'edit')
  const again = useChanging((id: string) => inviteAgain(id))
  const withdraw = useChanging((id: string) => withdrawInvitation(id))
  const { name } = user
  const told = (message: string) => ({
    onSuccess: () => notifications.show({ message }),
    onError: (error: unknown) =>
      notifications.show({
        color: 'red',
        title: t`Nothing was changed`,
        message: refusal.told(error),
      }),
  })
  return (
    <Group justify="space-between" mb="sm" gap="xs">
      <Text size="sm" c="dimmed">
        {t`Invited`} <RelativeTime at={invitation.invited_at} />
      </Text>
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          loading={again.isPending}
          onClick={() => again.mutate(user.id, told(t`Another letter to ${name} is on its way`))}
        >
          {t`Send again`}
        </Button>
        {mayClose && (
          <Button
            size="compact-sm"
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate(user.id, told(t`The invitation is withdrawn`))}
          >
            {t`Withdraw`}
          </Button>
        )}
      </Group>
    </Group>
  )
}
