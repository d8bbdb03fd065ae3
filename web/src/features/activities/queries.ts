import { infiniteQueryOptions } from '@tanstack/react-query'
import { listNotes, listTasks } from '@/shared/api/generated/activities'
import type { ListNotesParams, ListTasksParams, RecordKind } from './kinds'
import { given, keyset, listQuery } from '@/shared/lib/list'

export const taskKeys = { all: ['tasks'] as const, lists: ['tasks', 'list'] as const }

export const noteKeys = {
  all: ['notes'] as const,
  of: (kind: RecordKind, id: string) => ['notes', kind, id] as const,
}

export const tasksQuery = (params: ListTasksParams) => {
  const set = given(params)
  return listQuery([...taskKeys.lists, set] as const, (after, signal) =>
    listTasks(given({ ...set, after }), { signal }),
  )
}

export const notesQuery = (kind: RecordKind, id: string) =>
  infiniteQueryOptions({
    queryKey: noteKeys.of(kind, id),
    queryFn: ({ pageParam, signal }) => {
      const asked: ListNotesParams = { about_kind: kind, about_id: id, limit: 20 }
      return listNotes(pageParam === undefined ? asked : { ...asked, after: pageParam }, { signal })
    },
    ...keyset,
  })
