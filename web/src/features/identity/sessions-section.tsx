import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { endMyOtherSessions, endMySession } from '@/shared/api/generated/sessions'
import { useProblemText } from '@/shared/i18n/problems'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { sessionsQuery } from './queries'
import { SessionsList } from './sessions-list'

/** Where one is signed in. */
export function SessionsSection() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const { data, error, refetch } = useQuery(sessionsQuery())
  const end = useMutation({
    mutationFn: async (id: string | undefined) => {
      await (id === undefined ? endMyOtherSessions() : endMySession(id))
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery().queryKey }),
  })
  const others = data && data.sessions.length > 1 && (
    <Button
      variant="default"
      size="compact-md"
      loading={end.isPending}
      onClick={() => end.mutate(undefined)}
    >
      {t`End all others`}
    </Button>
  )
  return (
    <Section title={t`Where you are signed in`} actions={others}>
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <ListSkeleton />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {t`End what you do not know, and change your password then.`}
          </Text>
          <SessionsList {...data} busy={end.isPending} onEnd={(id) => end.mutate(id)} />
        </>
      )}
    </Section>
  )
}
