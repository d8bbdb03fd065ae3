import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconParking, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { runParkedAgain } from '@/shared/api/generated/administration'
import type { Parked } from '@/shared/api/generated/model'
import { happenedText } from '@/shared/happened'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { parkedQuery } from './audit-queries'
import { RecordLink } from './record-words'
import './audit.css'

/** Events that a part of Gausdo could not take: what failed, and a way to have them tried again. */
export function ParkedPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(parkedQuery())
  return (
    <Page
      title={t`Parked events`}
      hint={
        data && data.length > 0 && <Plural value={data.length} one="# record" other="# records" />
      }
    >
      <div className="g-card">
        {error && !data ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !data ? (
          <ListSkeleton rows={4} height={64} />
        ) : data.length === 0 ? (
          <EmptyState
            icon={IconParking}
            title={t`Nothing is parked`}
            text={t`An event that cannot be applied waits here, and everything else goes on.`}
          />
        ) : (
          <ul className="op">
            {data.map((one) => (
              <Row key={`${one.consumer} ${one.source} ${one.pos}`} parked={one} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  )
}

function Row({ parked }: { parked: Parked }) {
  const { t, i18n } = useLingui()
  const mayEdit = useMay('events.parked', 'edit')
  const queries = useQueryClient()
  const problemText = useProblemText()
  const again = useMutation({
    mutationFn: () => runParkedAgain({ kind: parked.kind, subject_id: parked.subject_id }),
    onSuccess: () => notifications.show({ message: t`It is tried again.` }),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: parkedQuery().queryKey }),
  })
  const { consumer, attempts } = parked
  return (
    <li>
      <div className="op-head">
        <RecordLink kind={parked.kind} id={parked.subject_id} />
        <span>{happenedText(i18n, parked.name)}</span>
        {parked.next_try_at ? (
          <Tag tone="blue">{t`Tried again soon`}</Tag>
        ) : (
          <Tag tone="red">{t`Given up`}</Tag>
        )}
        {parked.behind > 0 && (
          <Tag>
            <Plural
              value={parked.behind}
              one="# more waits behind it"
              other="# more wait behind it"
            />
          </Tag>
        )}
      </div>
      {mayEdit && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          {t`Run again`}
        </Button>
      )}
      <div className="op-told">
        {t`“${consumer}” could not take it:`} {parked.error} ·{' '}
        <Plural value={attempts} one="# try" other="# tries" /> ·{' '}
        <RelativeTime at={parked.parked_at} />
      </div>
    </li>
  )
}
