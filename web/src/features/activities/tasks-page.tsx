import { useLingui } from '@lingui/react/macro'
import { IconChecklist } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { taskGroups } from '@/shared/api/generated/activities'
import type { Task } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { useMay } from '@/shared/reference'
import type { ListSearch, ListState } from '@/shared/views'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { RecordsPage } from '@/ui/lists/records-page'
import { ListSkeleton } from '@/ui/skeletons'
import { useListView, type ListView } from '@/ui/views/use-list-view'
import { taskKeys, tasksQuery } from './queries'
import { useTaskColumns } from './task-columns'
import { OPEN, useTaskControls } from './task-controls'

const TaskDialog = lazy(() =>
  import('./task-dialog').then((part) => ({ default: part.TaskDialog })),
)

const OF = { object: 'activities.task', kind: 'task' } as const
/** What is done is of no use until it is asked for. */
const OPENS: ListState = { filter: { all: [OPEN] } }

type Props = { search: ListSearch; onSearch: (search: ListSearch) => void }

/** All tasks one may see: narrowed, ordered, grouped, ticked off, many at once. */
export function TasksPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const view = useListView(t`Tasks`, 'task', search, onSearch, OPENS)
  if (!view) return <ListSkeleton />
  // that nothing is asked is said, or the list would open as it does
  const onState = (state: ListState) =>
    view.onState({ ...state, filter: state.filter ?? { all: [] } })
  return <Tasks view={{ ...view, onState }} />
}

function Tasks({ view }: { view: ListView }) {
  const { t } = useLingui()
  const run = useRun()
  const mayCreate = useMay('activities.task', 'create')
  const [shown, setShown] = useState<Task>()
  const columns = useTaskColumns()
  const controls = useTaskControls()
  const groups = useMemo(
    () => ({
      key: taskKeys.groups,
      read: (asked: Parameters<typeof taskGroups>[0], signal: AbortSignal) =>
        taskGroups(asked, { signal }),
    }),
    [],
  )
  return (
    <>
      <RecordsPage
        of={OF}
        title={t`Tasks`}
        icon={IconChecklist}
        searchLabel={t`Find a task`}
        more={<DeletedLink kind="task" />}
        controls={controls}
        create={mayCreate ? { verb: t`New task`, run: () => run('tasks.create') } : undefined}
        emptyTitle={t`No tasks yet`}
        emptyText={t`Tasks that people and rules give appear here.`}
        columns={columns}
        list={tasksQuery}
        groups={groups}
        sort={view.state.sort ?? 'due_at'}
        view={view}
        onOpen={setShown}
      />
      {shown && (
        <Suspense>
          <TaskDialog task={shown} onClose={() => setShown(undefined)} />
        </Suspense>
      )}
    </>
  )
}
