import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { listNotices, noticeWishes, unreadNotices } from '@/shared/api/generated/automation'
import { given, listQuery, pageSize } from '@/shared/lib/list'

export const noticeKeys = {
  all: ['notices'] as const,
  lists: ['notices', 'list'] as const,
  unread: ['notices', 'unread'] as const,
  wishes: ['notice-wishes'] as const,
}

export const unreadQuery = () =>
  queryOptions({
    queryKey: noticeKeys.unread,
    queryFn: ({ signal }) => unreadNotices({ signal }),
    staleTime: 60_000,
  })

export const noticesQuery = (unread: boolean) =>
  listQuery([...noticeKeys.lists, unread] as const, (after, signal) =>
    listNotices(given({ unread, after, limit: pageSize(after) }), { signal }),
  )

export const mentionsQuery = () =>
  listQuery([...noticeKeys.lists, 'mentioned'] as const, (after, signal) =>
    listNotices(given({ unread: true, kind: 'mentioned' as const, after, limit: 5 }), { signal }),
  )

export const wishesQuery = () =>
  queryOptions({ queryKey: noticeKeys.wishes, queryFn: ({ signal }) => noticeWishes({ signal }) })

/** Something is new for the person who is signed in. */
export const noticesChanged = (queries: QueryClient) =>
  queries.invalidateQueries({ queryKey: noticeKeys.all })
