import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { removeFactors } from '@/shared/api/generated/factors'
import type { User } from '@/shared/api/generated/model'
import { endSessionOfUser, endSessionsOfUser } from '@/shared/api/generated/sessions'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { sessionsOfQuery } from './queries'
import { SessionsList } from './sessions-list'
import './settings.css'

/** Where a colleague is signed in, with the end of it; and what to do when they have lost their factors. */
export function PersonAccess({ user }: { user: User }) {
  const mayRead = useMay('authentication.session', 'read')
  const mayRemove = useMay('authentication.factor', 'edit')
  return (
    <Stack gap="lg" mt="lg">
      {mayRead && <Sessions user={user} />}
      {mayRemove && <LostFactors user={user} />}
    </Stack>
  )
}

function Sessions({ user }: { user: User }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const mayEnd = useMay('authentication.session', 'edit')
  const { data, error, refetch } = useQuery(sessionsOfQuery(user.id))
  const end = useMutation({
    mutationFn: async (id: string | undefined) => {
      await (id === undefined ? endSessionsOfUser(user.id) : endSessionOfUser(user.id, id))
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsOfQuery(user.id).queryKey }),
  })
  return (
    <section>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="sm">
          {t`Where they are signed in`}
        </Title>
        {mayEnd && data && data.length > 0 && (
          <Button
            variant="default"
            size="compact-sm"
            loading={end.isPending}
            onClick={() => end.mutate(undefined)}
          >
            {t`End all`}
          </Button>
        )}
      </Group>
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <ListSkeleton />
      ) : data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t`Nowhere`}
        </Text>
      ) : (
        <SessionsList
          sessions={data}
          busy={end.isPending}
          {...(mayEnd && { onEnd: (id: string) => end.mutate(id) })}
        />
      )}
    </section>
  )
}

function LostFactors({ user }: { user: User }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [asked, setAsked] = useState(false)
  const { name } = user
  const remove = useMutation({
    mutationFn: () => removeFactors(user.id),
    onSuccess: () => notifications.show({ message: t`${name} has no second factor any more` }),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => {
      setAsked(false)
      return queries.invalidateQueries({ queryKey: sessionsOfQuery(user.id).queryKey })
    },
  })
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed">
        {t`They have lost their second factors`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
        {t`Remove them…`}
      </Button>
      <Confirm
        opened={asked}
        title={t`Remove the second factors of ${name}?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(false)}
      >
        {t`They are signed out everywhere and sign in by the password alone, then add a new factor. Make sure that it is really them who ask.`}
      </Confirm>
    </Group>
  )
}
