import type { QueryClient } from '@tanstack/react-query'
import { listTasks } from '@/shared/api/generated/activities'
import type { LiveMessage } from '@/shared/api/live'
import { putTask } from './changes'
import { noteKeys, taskKeys } from './queries'

const BATCH = 100

/** Reads the changed tasks again; one that is new may belong to a list on screen. */
export async function tasksChanged(
  queries: QueryClient,
  messages: readonly LiveMessage[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH) {
    const ids = messages.slice(from, from + BATCH).map((message) => message.id)
    const { items } = await listTasks({ ids: ids.join(','), limit: BATCH })
    for (const task of items) putTask(queries, task)
  }
  const born = messages.some((message) => message.version <= 1)
  if (born) await queries.invalidateQueries({ queryKey: taskKeys.lists })
}

/** Notes are told without their record: those on screen are read again. */
export const notesChanged = (queries: QueryClient) =>
  queries.invalidateQueries({ queryKey: noteKeys.all })
