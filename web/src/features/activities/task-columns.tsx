import { ActionIcon, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Task } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import type { GridColumn } from '@/ui/data-grid/data-grid'
import { Shown } from '@/ui/hidden'
import { Tag } from '@/ui/tag'
import { useSetTaskState } from './changes'
import { Due, PAGES } from './task-row'
import './activities.css'

/** The columns one can have of a list of tasks. */
export function useTaskColumns(): GridColumn<Task>[] {
  const { t } = useLingui()
  const format = useFormat()
  return useMemo(
    () => [
      {
        id: 'title',
        header: t`Task`,
        width: 'minmax(240px,2.4fr)',
        narrow: 'minmax(0,1.7fr)',
        cell: (task) => (
          <Group gap={8} wrap="nowrap">
            <Tick task={task} />
            <Text inherit fw={540} truncate className="tk-name" data-done={task.state === 'done'}>
              {task.title}
            </Text>
          </Group>
        ),
      },
      {
        id: 'due',
        header: t`Due`,
        width: '150px',
        narrow: '104px',
        sort: 'due_at',
        cell: (task) => (task.due_at ? <Due task={task} /> : '—'),
      },
      {
        id: 'about',
        header: t({ message: 'About', context: 'kind of record' }),
        width: 'minmax(160px,1.6fr)',
        cell: ({ about }) =>
          about ? (
            <Link to={PAGES[about.kind]} params={{ id: about.id }} className="g-link" tabIndex={-1}>
              {about.name ?? t`A record that is not yours to see`}
            </Link>
          ) : (
            '—'
          ),
      },
      {
        id: 'state',
        header: t`State`,
        width: '120px',
        cell: ({ state }) =>
          state === 'done' ? (
            <Tag tone="teal">{t({ message: 'Done', context: 'task' })}</Tag>
          ) : (
            <Tag>{t({ message: 'Open', context: 'task' })}</Tag>
          ),
      },
      {
        id: 'owner',
        header: t`Owner`,
        width: 'minmax(130px,1fr)',
        cell: (task) => task.owner_name ?? '—',
      },
      {
        id: 'description',
        header: t`Description`,
        width: 'minmax(160px,1.6fr)',
        field: 'description',
        optional: true,
        cell: (task) => (
          <Shown of={task} field="description">
            {task.description ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'created',
        header: t({ message: 'Created', context: 'time' }),
        width: '130px',
        sort: 'created_at',
        optional: true,
        cell: (task) => format.day(task.created_at),
      },
      {
        id: 'done',
        header: t({ message: 'Done', context: 'time' }),
        width: '130px',
        sort: 'done_at',
        optional: true,
        cell: (task) => (task.done_at ? format.day(task.done_at) : '—'),
      },
    ],
    [t, format],
  )
}

/** Ticks a task off where it stands, or takes it up again. */
function Tick({ task }: { task: Task }) {
  const { t } = useLingui()
  const set = useSetTaskState()
  const done = task.state === 'done'
  const { title } = task
  const Sign = done ? IconCircleCheckFilled : IconCircle
  return (
    <ActionIcon
      role="checkbox"
      className="tk-tick"
      aria-checked={done}
      aria-label={t`Done: ${title}`}
      title={task.editable ? undefined : t`Only its owner can tick it off`}
      disabled={!task.editable}
      variant="subtle"
      color={done ? 'teal' : 'gray'}
      size="sm"
      onClick={() => set.mutate({ task, state: done ? 'open' : 'done' })}
    >
      <Sign size={18} stroke={1.6} />
    </ActionIcon>
  )
}
