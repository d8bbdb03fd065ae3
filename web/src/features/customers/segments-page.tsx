import './segments.css'
import { ActionIcon, Button, Menu, Modal, Progress, Text } from '@mantine/core'
import { useInViewport } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconDots, IconFilterStar, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Segment } from '@/shared/api/generated/model'
import { useConditionWords } from '@/shared/condition-words'
import { inSegment } from '@/shared/conditions'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay, useTeams } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { countQuery, segmentsShownQuery, useSegmentChanges } from './segment-queries'

const SegmentForm = lazy(() =>
  import('./segment-form').then((part) => ({ default: part.SegmentForm })),
)

/** What groups companies and people: by hand, or by what they fulfil. */
export function SegmentsPage() {
  const { t } = useLingui()
  const mayEdit = useMay('customers.segment', 'edit')
  const source = useQuery(segmentsShownQuery())
  const [open, setOpen] = useState<{ segment?: Segment }>()
  const close = () => setOpen(undefined)
  const add = mayEdit && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({})}>
      {t`New segment`}
    </Button>
  )
  return (
    <Page title={t`Segments`} actions={source.data?.length ? add : undefined}>
      <div className="g-card">
        {source.error && !source.data && (
          <Failure error={source.error} onRetry={() => void source.refetch()} />
        )}
        {source.isPending && <ListSkeleton rows={5} />}
        {source.data?.length === 0 && (
          <EmptyState
            icon={IconFilterStar}
            title={t`No segments yet`}
            text={t`A segment groups companies or people, by hand or by a condition; every list can be asked for its members.`}
            action={add}
          />
        )}
        {source.data && source.data.length > 0 && (
          <ul className="sg-list">
            {source.data.map((segment) => (
              <Row key={segment.id} segment={segment} onEdit={() => setOpen({ segment })} />
            ))}
          </ul>
        )}
      </div>
      {open && (
        <Modal opened onClose={close} size="lg" title={open.segment ? t`Segment` : t`New segment`}>
          <Suspense fallback={<ListSkeleton rows={4} />}>
            <SegmentForm segment={open.segment} onDone={close} />
          </Suspense>
        </Modal>
      )}
    </Page>
  )
}

type RowProps = { segment: Segment; onEdit: () => void }

function Row({ segment, onEdit }: RowProps) {
  const { t, i18n } = useLingui()
  const { name, kind, missing, filling, broken } = segment
  const words = useConditionWords({ of: segment.filter ? [segment.filter] : [], kind })
  const hidden = missing.map((field) => fieldName(i18n, field, kind)).join(', ')
  return (
    <li>
      <div className="sg-what">
        {missing.length > 0 ? (
          <b>{name}</b>
        ) : (
          <Link
            to={kind === 'company' ? '/companies' : '/people'}
            search={{ filter: inSegment(segment.id) }}
            className="g-link"
          >
            {name}
          </Link>
        )}
        {segment.about && (
          <Text span size="sm" c="dimmed">
            {segment.about}
          </Text>
        )}
        {segment.filter && (
          <Text span size="sm" c="dimmed">
            {words(segment.filter)}
          </Text>
        )}
        {hidden && (
          <Text span size="sm" c="dimmed">
            {t`It asks of what is hidden from you: ${hidden}`}
          </Text>
        )}
        {broken && (
          <Text span size="sm" className="sg-broken">
            {t`It asks of what is there no more. Its members stay as they are until it is changed.`}
          </Text>
        )}
        {filling && <Filling done={filling.done} records={filling.records} />}
      </div>
      <div className="sg-tags">
        <Tag>{kind === 'company' ? t`Companies` : t`People`}</Tag>
        <Tag>
          {segment.how === 'static'
            ? t({ message: 'By hand', context: 'segment' })
            : t({ message: 'By a condition', context: 'segment' })}
        </Tag>
        <Whose segment={segment} />
      </div>
      <div className="sg-count g-num">{missing.length === 0 && <Count segment={segment} />}</div>
      {segment.editable ? <Acts segment={segment} onEdit={onEdit} /> : <span />}
    </li>
  )
}

function Whose({ segment }: { segment: Segment }) {
  const { t } = useLingui()
  const name = useTeams().find(({ id }) => id === segment.team_id)?.name ?? '—'
  if (segment.seen_by === 'me') return null
  return (
    <Tag>
      {segment.seen_by === 'all' ? t`Everybody` : t({ message: `Team “${name}”`, context: 'view' })}
    </Tag>
  )
}

function Filling({ done, records }: { done: number; records: number }) {
  const { t } = useLingui()
  return (
    <div className="sg-filling">
      <Progress
        value={records ? (100 * done) / records : 0}
        size="sm"
        aria-label={t`Members found`}
      />
      <Text span size="xs" c="dimmed">{t`Members are being found…`}</Text>
    </div>
  )
}

/** Counted once the row is on screen. */
function Count({ segment }: { segment: Segment }) {
  const { t } = useLingui()
  const format = useFormat()
  const { ref, inViewport } = useInViewport<HTMLSpanElement>()
  const { data } = useQuery({ ...countQuery(segment), enabled: inViewport })
  const counted = data && `${format.number(data.count)}${data.more ? '+' : ''}`
  return (
    <span ref={ref} title={t`Members you may see`}>
      {counted ?? '…'}
    </span>
  )
}

function Acts({ segment, onEdit }: RowProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [asked, setAsked] = useState(false)
  const { remove } = useSegmentChanges()
  const { name } = segment
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t`More: ${name}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onEdit}>{t({ message: 'Change…', context: 'segment' })}</Menu.Item>
          <Menu.Item color="red" onClick={() => setAsked(true)}>{t`Remove`}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked}
        title={t`Remove the segment “${name}”?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          remove.mutate(segment, {
            onSuccess: () => setAsked(false),
            onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
          })
        }
      >
        {t`Its companies or people stay; lists and views that ask for its members have to be changed.`}
      </Confirm>
    </>
  )
}
