import {
  useInfiniteQuery,
  useQueryClient,
  type InfiniteData,
  type Query,
  type QueryClient,
  type QueryKey,
} from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { listQuery, type Listed, type Pages, type ReadPage } from '@/shared/lib/list'

/**
 * Lists of any length. Pages far from what is in view give their rows up and keep their place and
 * cursor only; they are read again when one comes back to them.
 */
const HELD = 12
const NEAR = 3
/** A list of more pages is not read anew as a whole behind one's back: that many requests it costs. */
const SHORT = 3

/** Rows as a grid takes them: how many are known, and each while it is held. */
export type Rows<T> = {
  count: number
  at: (index: number) => T | undefined
  /** Told what is in view. */
  onRange: (first: number, last: number) => void
}

/** Rows that are all there. */
export const rowsIn = <T>(rows: readonly T[]): Rows<T> => ({
  count: rows.length,
  at: (index) => rows[index],
  onRange: () => undefined,
})

const lengthOf = <T>(page: Listed<T>): number => page.shed ?? page.items.length

/** `data` with the rows of the pages outside of `first` … `last` given up; the same when few are held. */
export function shed<T>(data: Pages<T>, first: number, last: number): Pages<T> {
  const held = data.pages.filter((page) => page.shed === undefined).length
  if (held <= HELD) return data
  return {
    ...data,
    pages: data.pages.map((page, at) =>
      page.shed !== undefined || (at >= first - NEAR && at <= last + NEAR)
        ? page
        : { items: [], next: page.next, shed: page.items.length },
    ),
  }
}

/**
 * `data` with page `at` read again. Where it no longer ends at the next one's beginning, something
 * was added or taken out there: the list then goes on from the new page.
 */
export function restore<T>(data: Pages<T>, at: number, page: Listed<T>): Pages<T> {
  const same = page.next === (data.pageParams[at + 1] ?? data.pages[at]?.next)
  const end = same ? data.pages.length : at + 1
  return {
    pages: [...data.pages.slice(0, at), page, ...data.pages.slice(at + 1, end)],
    pageParams: data.pageParams.slice(0, end),
  }
}

const isShort = (query: Query): boolean => {
  const { data } = query.state as { data?: InfiniteData<unknown> }
  return !Array.isArray(data?.pages) || data.pages.length <= SHORT
}

/** Reads what is on screen under `queryKey` again; of a long list it is told that it has changed. */
export function refreshLists(queries: QueryClient, queryKey: QueryKey = []): void {
  void queries.invalidateQueries({ queryKey, predicate: isShort })
  const predicate = (query: Query) => !isShort(query)
  void queries.invalidateQueries({ queryKey, predicate, refetchType: 'none' })
}

type Options<T> = { queryKey: QueryKey; read: ReadPage<T> }

export function useLongList<T>({ queryKey, read }: Options<T>) {
  const queries = useQueryClient()
  const hash = JSON.stringify(queryKey)
  const key = useMemo(() => JSON.parse(hash) as QueryKey, [hash])
  const whole = (query: unknown) => isShort(query as Query)
  const source = useInfiniteQuery({
    ...listQuery(key, read),
    refetchOnWindowFocus: whole,
    refetchOnReconnect: whole,
  })
  const pages = source.data?.pages
  const starts = useMemo(() => {
    const found = [0]
    for (const page of pages ?? []) found.push((found.at(-1) ?? 0) + lengthOf(page))
    return found
  }, [pages])
  const reading = useRef(new Set<number>())

  const onRange = useCallback(
    (first: number, last: number) => {
      const data = queries.getQueryData<Pages<T>>(key)
      if (!data) return
      async function readAgain(at: number, pageParam: string | undefined) {
        try {
          const page = await read(pageParam, new AbortController().signal)
          queries.setQueryData<Pages<T>>(key, (now) =>
            now?.pages[at]?.shed === undefined ? now : restore(now, at, page),
          )
        } catch {
          // asked for again as soon as one scrolls on
        } finally {
          reading.current.delete(at)
        }
      }
      const [from, to] = [pageOf(starts, first), pageOf(starts, last)]
      for (let at = from; at <= to; at++) {
        if (data.pages[at]?.shed === undefined || reading.current.has(at)) continue
        reading.current.add(at)
        void readAgain(at, data.pageParams[at])
      }
      const lighter = shed(data, from, to)
      if (lighter !== data) queries.setQueryData<Pages<T>>(key, lighter)
    },
    // oxlint-disable-next-line react/exhaustive-deps -- the question is its key
    [queries, key, starts],
  )

  const shorten = useCallback(() => {
    queries.setQueryData<Pages<T>>(key, (data) =>
      data && data.pages.length > SHORT
        ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) }
        : data,
    )
  }, [queries, key])
  // one comes back to the beginning of a list
  useEffect(() => shorten, [shorten])

  const rows: Rows<T> = {
    count: starts.at(-1) ?? 0,
    at: (index) => {
      const at = pageOf(starts, index)
      return pages?.[at]?.items[index - (starts[at] ?? 0)]
    },
    onRange,
  }
  const changed = source.isStale && queries.getQueryState(key)?.isInvalidated === true
  return {
    source,
    rows,
    /** Others have changed a long list: it is read anew when asked for. */
    changed: changed && !source.isFetching,
    anew: () => {
      shorten()
      void source.refetch()
    },
  }
}

/** The page that has row `index`; `starts` are the first rows of the pages, and their end. */
export function pageOf(starts: readonly number[], index: number): number {
  let [low, high] = [0, Math.max(0, starts.length - 2)]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low
}
