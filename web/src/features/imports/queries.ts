import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import {
  fileImport,
  listImports,
  previewUndo,
  refusedRows,
  undoConflicts,
} from '@/shared/api/generated/integrations'
import type { FileImport } from '@/shared/api/generated/model'
import { given, keyset } from '@/shared/lib/list'

export const importKeys = {
  all: ['imports'] as const,
  list: ['imports', 'list'] as const,
  one: (id: string) => ['imports', 'one', id] as const,
  refused: (id: string) => ['imports', 'refused', id] as const,
  undo: (id: string) => ['imports', 'undo', id] as const,
}

/** Milliseconds between looks at an import that is at work. */
const LOOK = 1000

export const isAtWork = (told: FileImport | undefined): boolean =>
  told?.state === 'checking' || told?.state === 'running'

export const importsQuery = () =>
  infiniteQueryOptions({
    queryKey: importKeys.list,
    queryFn: ({ pageParam, signal }) => listImports(given({ after: pageParam }), { signal }),
    ...keyset,
  })

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: importKeys.one(id),
    queryFn: ({ signal }) => fileImport(id, { signal }),
    refetchInterval: ({ state }) =>
      isAtWork(state.data) || state.data?.undo?.state === 'running' ? LOOK : false,
  })

/** `seen` are the refused so far: another number is another list. */
export const refusedQuery = (id: string, seen: number) =>
  infiniteQueryOptions({
    queryKey: [...importKeys.refused(id), seen] as const,
    queryFn: ({ pageParam, signal }) => refusedRows(id, given({ after: pageParam }), { signal }),
    ...keyset,
  })

/** What taking an import back would do now: asked anew each time. */
export const undoPreviewQuery = (id: string) =>
  queryOptions({
    queryKey: [...importKeys.undo(id), 'preview'] as const,
    queryFn: ({ signal }) => previewUndo(id, { signal }),
    staleTime: 0,
    gcTime: 0,
  })

/** `seen` are the conflicts so far: another number is another list. */
export const conflictsQuery = (id: string, seen: number) =>
  infiniteQueryOptions({
    queryKey: [...importKeys.undo(id), 'conflicts', seen] as const,
    queryFn: ({ pageParam, signal }) => undoConflicts(id, given({ after: pageParam }), { signal }),
    ...keyset,
  })
