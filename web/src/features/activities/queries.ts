import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { listTasks, timeline } from '@/shared/api/generated/activities'
import type { RecordPagePerson } from '@/shared/api/generated/model'
import type { ListTasksParams, RecordKind } from './kinds'
import { given, keyset, listQuery, pageSize } from '@/shared/lib/list'

export const taskKeys = {
  all: ['tasks'] as const,
  lists: ['tasks', 'list'] as const,
  groups: ['tasks', 'groups'] as const,
}

export const timelineKeys = {
  all: ['timeline'] as const,
  of: (kind: RecordKind, id: string, kinds: string) => ['timeline', kind, id, kinds] as const,
}

export const tasksQuery = (params: ListTasksParams) => {
  const set = given(params)
  return listQuery([...taskKeys.lists, set] as const, (after, signal) =>
    listTasks(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

/** The tasks of a record, as its page shows them. */
export const recordTasksQuery = (kind: RecordKind, id: string) =>
  tasksQuery({ about_kind: kind, about_id: id, sort: 'due_at', limit: 50 })

/** What happened around a record: of these kinds, or all. */
export const timelineQuery = (kind: RecordKind, id: string, kinds: string) =>
  infiniteQueryOptions({
    queryKey: timelineKeys.of(kind, id, kinds),
    queryFn: ({ pageParam, signal }) => {
      const asked = { about_kind: kind, about_id: id, limit: 30 }
      return timeline({ ...asked, ...given({ kinds, after: pageParam }) }, { signal })
    },
    ...keyset,
  })

/** Puts what came with a record where the queries of its tasks and its timeline look for it. */
export function keepAround(
  queries: QueryClient,
  kind: RecordKind,
  id: string,
  { tasks, timeline: entries }: Omit<RecordPagePerson, 'record'>,
) {
  const first = [undefined]
  if (tasks) {
    const { queryKey } = recordTasksQuery(kind, id)
    queries.setQueryData(queryKey, { pages: [tasks], pageParams: first })
  }
  const { queryKey } = timelineQuery(kind, id, '')
  queries.setQueryData(queryKey, { pages: [entries], pageParams: first })
}
