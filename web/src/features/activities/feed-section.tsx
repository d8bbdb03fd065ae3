import { Button, Group, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { endMyFeed, makeMyFeed, myFeed } from '@/shared/api/generated/activities'
import { useProblemText } from '@/shared/i18n/problems'
import { Confirm } from '@/ui/confirm'
import { Copied } from '@/ui/copied'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'

const feedQuery = () =>
  queryOptions({ queryKey: ['me', 'feed'], queryFn: ({ signal }) => myFeed({ signal }) })

/** One's calendar in other programs. */
export function FeedSection() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(feedQuery())
  return (
    <Section title={t`Calendar in other programs`}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t`Subscribe to your meetings and tasks in Google Calendar, Outlook or Apple Calendar. Whoever has the address sees what you see: keep it to yourself.`}
        </Text>
        {data ? (
          <Feed url={data.url} />
        ) : error ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <ListSkeleton rows={1} height={36} />
        )}
      </Stack>
    </Section>
  )
}

function Feed({ url }: { url: string | null }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [asked, setAsked] = useState<'new' | 'off' | null>(null)
  const { mutate, isPending } = useMutation({
    mutationFn: async (what: 'new' | 'off') => {
      await (what === 'new' ? makeMyFeed() : endMyFeed())
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => {
      setAsked(null)
      return queries.invalidateQueries({ queryKey: feedQuery().queryKey })
    },
  })
  if (url === null) {
    return (
      <Group>
        <Button variant="default" loading={isPending} onClick={() => mutate('new')}>
          {t`Make an address`}
        </Button>
      </Group>
    )
  }
  return (
    <>
      <Copied text={url} />
      <Group gap="xs">
        <Button variant="default" onClick={() => setAsked('new')}>
          {t`Make a new address`}
        </Button>
        <Button variant="default" onClick={() => setAsked('off')}>
          {t`Switch off`}
        </Button>
      </Group>
      <Confirm
        opened={asked !== null}
        title={asked === 'off' ? t`Switch the address off?` : t`Make a new address?`}
        verb={asked === 'off' ? t`Switch off` : t`Make a new address`}
        busy={isPending}
        onConfirm={() => asked && mutate(asked)}
        onClose={() => setAsked(null)}
      >
        {t`Programs that read the address of now will see your calendar no more.`}
      </Confirm>
    </>
  )
}
