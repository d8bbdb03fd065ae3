import { infiniteQueryOptions, keepPreviousData, type InfiniteData } from '@tanstack/react-query'

/** One page of a keyset list, as every list of the API answers. */
export type Listed<T> = {
  items: T[]
  next: string | null
  /** How many rows it has given up (`long-list`); absent while it holds them. */
  shed?: number
}

export type Pages<T> = InfiniteData<Listed<T>, string | undefined>

/** The rows read so far. */
export const rowsOf = <T>(data: { pages: readonly Listed<T>[] } | undefined): T[] =>
  data?.pages.flatMap((page) => page.items) ?? []

/** The start of a keyset list, and the way to its next page. */
export const keyset = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: <T>(page: Listed<T>) => page.next ?? undefined,
}

/** Reads the page behind the cursor `after`, or the first. */
export type ReadPage<T> = (after: string | undefined, signal: AbortSignal) => Promise<Listed<T>>

/** A keyset list as a query; the rows of the question before stay until the answer is here. */
export const listQuery = <T, const K extends readonly unknown[]>(
  queryKey: K,
  read: ReadPage<T>,
) => ({
  ...infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    ...keyset,
    placeholderData: keepPreviousData,
  }),
  read,
})

/** Rows asked for at once: few for the first look, more as one reads on. */
export const pageSize = (after: string | undefined): number => (after === undefined ? 50 : 200)

/** What is set of `params`: the API takes a missing parameter, not an empty one. */
export function given<T extends object>(params: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const set = Object.entries(params).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(set.filter(([, value]) => value !== '')) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

/** The pages without the rows that are no more; the same pages when none is. */
export function withoutRows<T extends { id: string }>(
  data: Pages<T> | undefined,
  gone: ReadonlySet<string>,
): Pages<T> | undefined {
  if (!data?.pages.some((page) => page.items.some((row) => gone.has(row.id)))) return data
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.filter((row) => !gone.has(row.id)),
    })),
  }
}

/** The pages with changed rows put in place of their older selves; the same pages when none is. */
export function patchRows<T extends { id: string; version: number }>(
  data: Pages<T> | undefined,
  changed: ReadonlyMap<string, T>,
): Pages<T> | undefined {
  if (!data) return data
  const newer = (row: T) => (changed.get(row.id)?.version ?? 0) >= row.version
  if (!data.pages.some((page) => page.items.some(newer))) return data
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.map((row) => (newer(row) ? (changed.get(row.id) ?? row) : row)),
    })),
  }
}
