import type { QueryClient } from '@tanstack/react-query'
import type { Task } from '@/shared/api/generated/model'
import { listTasks } from '@/shared/api/generated/activities'
import type { LiveMessage } from '@/shared/api/live'
import { rowsOf, withoutRows, type Pages } from '@/shared/lib/list'
import { refreshLists } from '@/shared/lib/long-list'
import { putTask } from './changes'
import { taskKeys, timelineKeys } from './queries'

const BATCH = 100

/** Reads the changed tasks again; the ids of the deals they are about. */
export async function tasksChanged(
  queries: QueryClient,
  messages: readonly LiveMessage[],
): Promise<string[]> {
  const changed: Task[] = []
  for (let from = 0; from < messages.length; from += BATCH) {
    const ids = messages.slice(from, from + BATCH).map((message) => message.id)
    const { items } = await listTasks({ ids: ids.join(','), limit: BATCH })
    changed.push(...items)
  }
  const lists = queries.getQueriesData<Pages<Task>>({ queryKey: taskKeys.lists })
  const known = new Set(lists.flatMap(([, data]) => rowsOf(data).map((task) => task.id)))
  for (const task of changed) putTask(queries, task)
  const there = new Set(changed.map(({ id }) => id))
  const gone = new Set(messages.map(({ id }) => id).filter((id) => !there.has(id)))
  queries.setQueriesData<Pages<Task>>({ queryKey: taskKeys.lists }, (data) =>
    withoutRows(data, gone),
  )
  // one that is not in any list yet may belong to one on screen
  if (changed.some((task) => !known.has(task.id))) {
    void queries.invalidateQueries({ queryKey: taskKeys.lists })
  }
  return changed.flatMap(({ about }) => (about?.kind === 'deal' ? [about.id] : []))
}

/** What timelines tell of. */
export const IN_TIMELINES = new Set('note task meeting letter deal company person'.split(' '))

/** It is not told on whose pages something is shown: those on screen are read again. */
export const timelinesChanged = (queries: QueryClient) => refreshLists(queries, timelineKeys.all)
