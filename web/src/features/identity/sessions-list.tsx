import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { LiveSession } from '@/shared/api/generated/model'
import { RelativeTime } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import { browserOf } from './browsers'

type Props = {
  sessions: readonly LiveSession[]
  current?: string | null
  busy: boolean
  /** Absent where they are only to be seen. */
  onEnd?: (id: string) => void
}

/** Where somebody is signed in, each with the end of it. */
export function SessionsList({ sessions, current, busy, onEnd }: Props) {
  const { t } = useLingui()
  return (
    <ul className="st-list">
      {sessions.map((one) => {
        const name = browserOf(one.agent) ?? t`Unknown browser`
        return (
          <li key={one.id}>
            <div>
              <Text component="div" size="sm" fw={540} className="st-tagged">
                {name}
                {one.id === current && <Tag tone="teal">{t`this browser`}</Tag>}
                {one.level === 'factor' && <Tag tone="blue">{t`second factor`}</Tag>}
              </Text>
              <Text size="xs" c="dimmed">
                {one.address} · <RelativeTime at={one.seen_at} />
              </Text>
            </div>
            {onEnd && one.id !== current && (
              <Button
                variant="default"
                size="compact-md"
                disabled={busy}
                onClick={() => onEnd(one.id)}
                aria-label={t`End the session of ${name}`}
              >
                {t`End`}
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
