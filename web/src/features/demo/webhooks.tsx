import { Code, Stack, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconWebhook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { webhooksQuery } from './queries'

/** The calls that arrived at the receiver, and whether their signatures held. */
export function Webhooks() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(webhooksQuery())
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={4} height={90} />
  if (data.items.length === 0) {
    return (
      <div className="g-card g-fill">
        <EmptyState
          icon={IconWebhook}
          title={t`No webhooks yet`}
          text={t`Move a deal so that a rule calls a webhook: the call arrives here.`}
        />
      </div>
    )
  }
  return (
    <Stack gap="sm">
      {data.items.map((call) => (
        <article key={call.id} className="g-card" data-call={call.id}>
          <div className="mb-call">
            <b>{call.event}</b>
            {call.verified ? (
              <Tag tone="teal">{t`Signature holds`}</Tag>
            ) : (
              <Tag tone="red">{t`Signature does not hold`}</Tag>
            )}
            {call.times > 1 && (
              <Tag>
                <Plural value={call.times} one="arrived # time" other="arrived # times" />
              </Tag>
            )}
            <Text size="xs" c="dimmed">
              <RelativeTime at={call.at} />
            </Text>
          </div>
          <Code block mt="xs" className="mb-code">
            {JSON.stringify(call.body, null, 2)}
          </Code>
          <details className="mb-headers">
            <summary>{t`Headers`}</summary>
            <Code block className="mb-code">
              {Object.entries(call.headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join('\n')}
            </Code>
          </details>
        </article>
      ))}
    </Stack>
  )
}
