import { ActionIcon } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconCircle, IconCircleFilled } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Notice, NoticeMarks } from '@/shared/api/generated/model'
import { RelativeTime } from '@/ui/relative-time'
import { ABOUT, KINDS } from './words'

type Props = { notice: Notice; onMark: (marks: NoticeMarks) => void }

/** One notice: what happened, by whom, when; opening it reads it. */
export function NoticeRow({ notice, onMark }: Props) {
  const { t } = useLingui()
  const { icon: Icon } = KINDS[notice.kind]
  const { read, actor } = notice
  const again = read ? t`Mark as unread` : t`Mark as read`
  return (
    <li className="nt-row" data-unread={!read || undefined} data-notice={notice.id}>
      <Icon size={18} stroke={1.6} />
      <div>
        <Opened notice={notice} onOpen={() => read || onMark({ ids: [notice.id] })}>
          <Told notice={notice} />
        </Opened>
        <div className="nt-by">
          {actor?.name && `${actor.name} · `}
          <RelativeTime at={notice.at} />
        </div>
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={again}
        title={again}
        onClick={() => onMark({ ids: [notice.id], read: !read })}
      >
        {read ? <IconCircle size={12} /> : <IconCircleFilled size={12} className="nt-dot" />}
      </ActionIcon>
    </li>
  )
}

function Told({ notice }: { notice: Notice }) {
  const { i18n } = useLingui()
  const { kind, about, record, many, count } = notice
  const told = i18n._(KINDS[kind].told)
  if (many) {
    return (
      <>
        {told} <Plural value={count} one="# record" other="# records" />
      </>
    )
  }
  return (
    <>
      {told} <b>{record?.name ?? i18n._(ABOUT[about])}</b>
      {count > 1 && <span className="nt-times"> ×{count}</span>}
    </>
  )
}

type OpenedProps = { notice: Notice; onOpen: () => void; children: ReactNode }

/** A link to what it is about, where there is a page of it that one may see. */
function Opened({ notice, onOpen, children }: OpenedProps) {
  const { about, record, many, kind } = notice
  const told = { className: 'nt-open', onClick: onOpen }
  if (about === 'task' || kind === 'deal-forgotten') {
    return (
      <Link to="/" {...told}>
        {children}
      </Link>
    )
  }
  if (about === 'meeting') {
    return (
      <Link to="/calendar" search={record ? { meeting: record.id } : {}} {...told}>
        {children}
      </Link>
    )
  }
  if (many && (about === 'deal' || about === 'company' || about === 'person')) {
    return (
      <Link to={LISTS[about]} {...told}>
        {children}
      </Link>
    )
  }
  if (!record) {
    return (
      <button type="button" {...told}>
        {children}
      </button>
    )
  }
  return (
    <Link to={PAGES[about]} params={{ id: record.id }} {...told}>
      {children}
    </Link>
  )
}

const LISTS = { deal: '/deals', company: '/companies', person: '/people' } as const
const PAGES = {
  deal: '/deals/$id',
  company: '/companies/$id',
  person: '/people/$id',
  import: '/imports/$id',
  rule: '/automation/$id',
} as const
