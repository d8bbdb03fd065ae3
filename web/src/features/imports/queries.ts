import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { fileImport, listImports, refusedRows } from '@/shared/api/generated/integrations'
import type { FileImport } from '@/shared/api/generated/model'
import { given, keyset } from '@/shared/lib/list'

export const importKeys = {
  all: ['imports'] as const,
  list: ['imports', 'list'] as const,
  one: (id: string) => ['imports', 'one', id] as const,
  refused: (id: string) => ['imports', 'refused', id] as const,
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
    refetchInterval: ({ state }) => (isAtWork(state.data) ? LOOK : false),
  })

/** `seen` are the refused so far: another number is another list. */
export const refusedQuery = (id: string, seen: number) =>
  infiniteQueryOptions({
    queryKey: [...importKeys.refused(id), seen] as const,
    queryFn: ({ pageParam, signal }) => refusedRows(id, given({ after: pageParam }), { signal }),
    ...keyset,
  })
