import { ActionIcon, Checkbox } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Task } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useMay } from '@/shared/reference'
import { useNow } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import { useDeleteTask, useSetTaskState } from './changes'
import './activities.css'

export const PAGES = {
  deal: '/deals/$id',
  company: '/companies/$id',
  person: '/people/$id',
} as const

type Props = { task: Task; withAbout?: boolean }

/** One task: ticked off in its place, with the record it is about. */
export function TaskRow({ task, withAbout }: Props) {
  const { t } = useLingui()
  const set = useSetTaskState()
  const remove = useDeleteTask()
  const mayDelete = useMay('activities.task', 'delete')
  const done = task.state === 'done'
  const { about, title } = task
  return (
    <li className="tk" data-done={done || undefined} data-task={task.id}>
      <Checkbox
        radius="xl"
        checked={done}
        disabled={!task.editable}
        aria-label={t`Done: ${title}`}
        title={task.editable ? undefined : t`Only its owner can tick it off`}
        onChange={(event) =>
          set.mutate({ task, state: event.currentTarget.checked ? 'done' : 'open' })
        }
      />
      <span className="tk-title">{title}</span>
      <span className="tk-end">
        <Due task={task} />
        {mayDelete && task.editable && (
          <ActionIcon
            className="tk-delete"
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t`Delete “${title}”`}
            title={t`Delete`}
            loading={remove.isPending}
            onClick={() => remove.mutate(task)}
          >
            <IconTrash size={14} stroke={1.6} />
          </ActionIcon>
        )}
      </span>
      {(task.description || (withAbout && about)) && (
        <span className="tk-about">
          {withAbout && about && (
            <Link to={PAGES[about.kind]} params={{ id: about.id }} className="g-link">
              {about.name ?? t`A record that is not yours to see`}
            </Link>
          )}
          {withAbout && about && task.description && ' · '}
          {task.description}
        </span>
      )}
    </li>
  )
}

/** When a task is due; in red what is late. */
export function Due({ task }: { task: Task }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useNow()
  if (task.due_at === null) return <span />
  const due = new Date(task.due_at)
  const late = task.state === 'open' && due.getTime() < now
  const today = due.toDateString() === new Date(now).toDateString()
  return (
    <Tag tone={late ? 'red' : 'neutral'} label={late ? t`overdue` : undefined}>
      <time dateTime={task.due_at} title={format.moment(task.due_at)}>
        {today ? format.time(task.due_at) : format.day(task.due_at)}
      </time>
    </Tag>
  )
}
