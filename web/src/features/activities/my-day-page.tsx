import { Button } from '@mantine/core'
import { useLingui, Plural } from '@lingui/react/macro'
import { IconBeach, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import type { Task } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { ExportButton } from '@/ui/export/export-button'
import { EmptyState } from '@/ui/empty-state'
import { Failure, NoRights } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { useNow } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useKey } from '@/ui/use-key'
import { byDay } from './day'
import { tasksQuery } from './queries'
import { TaskRow } from './task-row'

/** What is mine to do: overdue, today, later; `aside` is what other parts remind of. */
export function MyDayPage({ aside }: { aside: ReactNode }) {
  const { t } = useLingui()
  const run = useRun()
  const now = useNow()
  const mayCreate = useMay('activities.task', 'create')
  const mayRead = useMay('activities.task', 'read')
  const source = useInfiniteQuery({
    ...tasksQuery({ mine: true, state: 'open', sort: 'due_at', limit: 100 }),
    enabled: mayRead,
  })
  const { overdue, today, later, done } = useMemo(
    () => byDay(rowsOf(source.data), now),
    [source.data, now],
  )
  const create = () => run('tasks.create')
  useKey('n', () => mayCreate && create())
  const button = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={create}>
      {t`New task`}
    </Button>
  )
  const nothing = overdue.length + today.length + later.length + done.length === 0
  const counts = source.data && (
    <span className="day-counts">
      {overdue.length > 0 && (
        <Tag tone="red">
          <Plural value={overdue.length} one="# overdue" other="# overdue" />
        </Tag>
      )}
      {today.length > 0 && (
        <Tag tone="blue">
          <Plural value={today.length} one="# task for today" other="# tasks for today" />
        </Tag>
      )}
    </span>
  )
  return (
    <Page
      title={t`My day`}
      hint={counts}
      actions={
        <>
          {mayRead && <DeletedLink kind="task" />}
          <ExportButton kind="task" state={{}} shown={[]} />
          {button}
        </>
      }
    >
      <div className="g-split">
        <div className="g-column">
          {!mayRead ? (
            <NoRights />
          ) : source.error && !source.data ? (
            <Failure error={source.error} onRetry={() => void source.refetch()} />
          ) : source.isPending ? (
            <Section title={t`Today`}>
              <ListSkeleton rows={5} />
            </Section>
          ) : nothing ? (
            <Section title={t`Tasks`}>
              <EmptyState
                icon={IconBeach}
                title={t`Nothing is planned`}
                text={t`Tasks given to you, by people and by rules, appear here.`}
              />
            </Section>
          ) : (
            <>
              <Tasks title={t`Overdue`} tasks={overdue} />
              <Tasks title={t`Today`} tasks={today} />
              <Tasks title={t`Later`} tasks={later} />
              <Tasks title={t`Just done`} tasks={done} />
            </>
          )}
          <ShowMore source={source} />
        </div>
        <div className="g-column">{aside}</div>
      </div>
    </Page>
  )
}

function Tasks({ title, tasks }: { title: string; tasks: readonly Task[] }) {
  if (tasks.length === 0) return null
  return (
    <Section title={title}>
      <ul className="tk-list">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} withAbout />
        ))}
      </ul>
    </Section>
  )
}
