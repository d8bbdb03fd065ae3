import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { addTask, changeTask, deleteTask } from '@/shared/api/generated/activities'
import type { Task, TaskChange, TaskDraft } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { patchRows, withoutRows, type Pages } from '@/shared/lib/list'
import { useToldDeleted } from '@/ui/deleted/undo'
import { taskKeys, timelineKeys } from './queries'

/** Puts a task as it is now wherever it is shown. */
export function putTask(queries: QueryClient, task: Task): void {
  queries.setQueriesData<Pages<Task>>({ queryKey: taskKeys.lists }, (data) =>
    patchRows(data, new Map([[task.id, task]])),
  )
}

/** A task changes what its deal's next step is. */
const dealsToo = (queries: QueryClient) => queries.invalidateQueries({ queryKey: ['deals'] })

export function useAddTask() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: TaskDraft; once: RequestInit }) => addTask(sent.draft, sent.once),
    onSuccess: (task) => {
      void queries.invalidateQueries({ queryKey: taskKeys.lists })
      if (task.about?.kind === 'deal') void dealsToo(queries)
    },
  })
}

/** Changes what a task says, as the one who does it has seen it last. */
export function useChangeTask() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, change, once }: { id: string; change: TaskChange; once: RequestInit }) =>
      changeTask(id, change, once),
    onSuccess: (task) => {
      putTask(queries, task)
      void queries.invalidateQueries({ queryKey: taskKeys.all })
      if (task.about?.kind === 'deal') void dealsToo(queries)
    },
  })
}

/** Deletes a task, to be undone for a moment, and for thirty days. */
export function useDeleteTask() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  const tell = useToldDeleted('task')
  return useMutation({
    mutationFn: ({ id, version }: Task) => deleteTask(id, { version }),
    onSuccess: (deleted, { about }) => {
      tell(deleted)
      const gone = new Set([deleted.id])
      queries.setQueriesData<Pages<Task>>({ queryKey: taskKeys.lists }, (data) =>
        withoutRows(data, gone),
      )
      if (about?.kind === 'deal') void dealsToo(queries)
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: t`It was not deleted`,
        message: explain(error),
      }),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: taskKeys.all })
      void queries.invalidateQueries({ queryKey: timelineKeys.all })
    },
  })
}

/** Ticks a task off, or takes it up again; at once on screen, put back when refused. */
export function useSetTaskState() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  return useMutation({
    mutationFn: ({ task, state }: { task: Task; state: Task['state'] }) =>
      changeTask(task.id, { state, version: task.version }),
    onMutate: async ({ task, state }) => {
      await queries.cancelQueries({ queryKey: taskKeys.lists })
      const before = queries.getQueriesData<Pages<Task>>({ queryKey: taskKeys.lists })
      putTask(queries, { ...task, state, version: task.version + 0.5 })
      return { before }
    },
    onSuccess: (task) => {
      putTask(queries, task)
      if (task.about?.kind === 'deal') void dealsToo(queries)
    },
    onError: (error, _sent, context) => {
      for (const [key, data] of context?.before ?? []) queries.setQueryData(key, data)
      void queries.invalidateQueries({ queryKey: taskKeys.lists })
      const title = t`The task was not changed`
      notifications.show({ color: 'red', title, message: explain(error) })
    },
  })
}
