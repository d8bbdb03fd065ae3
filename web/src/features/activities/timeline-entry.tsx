import { useLingui } from '@lingui/react/macro'
import {
  IconArrowsExchange,
  IconCalendar,
  IconCheckbox,
  IconMail,
  IconNote,
  IconPencil,
  IconPhone,
  type Icon,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { TimelineEntry, TimelineKind } from '@/shared/api/generated/model'
import { kindIn, type useToldChanges } from '@/shared/changes'
import { happenedText } from '@/shared/happened'
import { useFormat } from '@/shared/i18n/format'
import { useColleagues } from '@/shared/reference'
import { RelativeTime } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import { NoteView } from './note-view'
import { TaskRow } from './task-row'
import './timeline.css'

const PAGES = { deal: '/deals/$id', company: '/companies/$id', person: '/people/$id' } as const
const ICONS: Record<TimelineKind, Icon> = {
  note: IconNote,
  task: IconCheckbox,
  meeting: IconCalendar,
  call: IconPhone,
  letter: IconMail,
  deal: IconArrowsExchange,
  change: IconPencil,
}

type Props = {
  entry: TimelineEntry
  /** The record whose page this is: what is about itself does not name it. */
  here: string
  told: ReturnType<typeof useToldChanges>
}

/** One thing that happened: who, what, when, and around which record. */
export function Entry({ entry, here, told }: Props) {
  const { t } = useLingui()
  const { of, kind, at } = entry
  const Sign = ICONS[kind]
  return (
    <li className="tl" data-entry={kind}>
      <span className="tl-sign" aria-hidden>
        <Sign size={16} />
      </span>
      <div className="tl-told">
        <div className="tl-head">
          <Head entry={entry} />
          {of && of.id !== here && (
            <Link to={PAGES[of.kind]} params={{ id: of.id }} className="g-link">
              {of.name ?? t`A record that is not yours to see`}
            </Link>
          )}
          <RelativeTime at={at} />
        </div>
        <Body entry={entry} told={told} />
      </div>
    </li>
  )
}

function Head({ entry }: { entry: TimelineEntry }) {
  const { t, i18n } = useLingui()
  const colleagues = useColleagues()
  const { note, task, meeting, letter, change } = entry
  if (note) {
    return (
      <>
        <b>{note.author_name ?? t`Another person`}</b>
        {note.changed_at && <span>{t({ message: 'changed', context: 'note' })}</span>}
      </>
    )
  }
  if (task) return <span>{t`Task`}</span>
  if (meeting) return <MeetingHead entry={entry} />
  if (letter) return <LetterHead to={letter.to} />
  if (!change) return null
  const name =
    change.actor_name ?? colleagues.find((user) => user.id === change.actor_id)?.name ?? t`Gausdo`
  return (
    <span>
      <b>{name}</b> {happenedText(i18n, change.name)}
    </span>
  )
}

function LetterHead({ to }: { to: string }) {
  const { t } = useLingui()
  return <span>{t`Letter to ${to}`}</span>
}

function MeetingHead({ entry }: { entry: TimelineEntry }) {
  const { t } = useLingui()
  const { meeting, kind } = entry
  const state = {
    planned: <Tag tone="blue">{t({ message: 'planned', context: 'meeting' })}</Tag>,
    done: <Tag tone="teal">{t`took place`}</Tag>,
    cancelled: <Tag tone="neutral">{t({ message: 'cancelled', context: 'meeting' })}</Tag>,
  }
  return (
    <>
      <span>{kind === 'call' ? t({ message: 'Call', context: 'meeting' }) : t`Meeting`}</span>
      {meeting && state[meeting.state]}
    </>
  )
}

function Body({ entry, told }: Pick<Props, 'entry' | 'told'>): ReactNode {
  const format = useFormat()
  const { note, task, meeting, letter, change } = entry
  if (note) return <NoteView note={note} />
  if (task) {
    return (
      <ul className="tk-list">
        <TaskRow task={task} />
      </ul>
    )
  }
  if (meeting) {
    return (
      <>
        <p className="tl-title">{meeting.title}</p>
        <p>
          {[format.moment(meeting.begins_at), meeting.place, meeting.result]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </>
    )
  }
  if (letter) return <p className="tl-title">{letter.subject}</p>
  if (!change) return null
  const kind = kindIn(change.name)
  const changes = told(change.changes, kind)
  return (
    <p>
      {changes.map(({ field, name, before, after }, at) => (
        <span key={field}>
          {at > 0 && ' · '}
          {name}: {change.version > 1 && before !== '—' && `${before} → `}
          {after}
        </span>
      ))}
    </p>
  )
}
