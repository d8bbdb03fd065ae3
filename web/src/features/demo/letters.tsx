import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconMail } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '@/shared/i18n/format'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { letterQuery, lettersQuery } from './queries'

type Props = { chosen: string | undefined; onChoose: (id: string) => void }

/** What a mail program would add of its own: a readable face. */
const STYLE = '<link rel="stylesheet" href="/letter.css">'

/** The letters on the left, the chosen one on the right. */
export function Letters({ chosen, onChoose }: Props) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(lettersQuery())
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={6} height={56} />
  if (data.items.length === 0) {
    return (
      <div className="g-card g-fill">
        <EmptyState
          icon={IconMail}
          title={t`No letters yet`}
          text={t`Move a deal so that a rule sends a letter: it arrives here.`}
        />
      </div>
    )
  }
  const id = chosen ?? data.items[0]?.id
  return (
    <div className="mb">
      <ul className="g-card mb-list">
        {data.items.map((letter) => (
          <li key={letter.id}>
            <button
              type="button"
              className="mb-item"
              aria-current={letter.id === id || undefined}
              onClick={() => onChoose(letter.id)}
            >
              <b>{letter.subject}</b>
              <span>{letter.to}</span>
              <span>
                <RelativeTime at={letter.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {id && <Letter key={id} id={id} />}
    </div>
  )
}

function Letter({ id }: { id: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const [view, setView] = useState('html')
  const { data: letter, error, refetch } = useQuery(letterQuery(id))
  if (error && !letter) return <Failure error={error} onRetry={() => void refetch()} />
  if (!letter) return <ListSkeleton rows={6} />
  const { from, to } = letter
  return (
    <article className="g-card mb-letter" aria-label={letter.subject}>
      <div className="g-card-head">
        <Stack gap={2}>
          <Text component="h2" fz="lg" fw={600}>
            {letter.subject}
          </Text>
          <Text size="sm" c="dimmed">
            {t`from ${from} to ${to}`}
          </Text>
          <Text size="sm" c="dimmed">
            {format.moment(letter.at)}
          </Text>
        </Stack>
        {letter.html && (
          <SegmentedControl
            size="xs"
            aria-label={t`View`}
            data={[
              { value: 'html', label: t`As sent` },
              { value: 'text', label: t`Text` },
            ]}
            value={view}
            onChange={setView}
          />
        )}
      </div>
      {letter.html && view === 'html' ? (
        // no scripts, no forms, no origin: a letter is somebody else's page
        <iframe
          sandbox=""
          title={letter.subject}
          srcDoc={`${STYLE}${letter.html}`}
          className="mb-html"
        />
      ) : (
        <pre className="mb-text">{letter.text}</pre>
      )}
    </article>
  )
}
