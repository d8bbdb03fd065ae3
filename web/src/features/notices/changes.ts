import { useMutation, useQueryClient } from '@tanstack/react-query'
import { markNotices } from '@/shared/api/generated/automation'
import type { Notice, NoticeMarks } from '@/shared/api/generated/model'
import type { Pages } from '@/shared/lib/list'
import { noticeKeys } from './queries'

/** Marks notices read or unread; on screen at once. */
export function useMark() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (marks: NoticeMarks) => markNotices(marks),
    onMutate: async ({ ids, read = true }) => {
      await queries.cancelQueries({ queryKey: noticeKeys.lists })
      const marked = (notice: Notice) =>
        !ids || ids.includes(notice.id) ? { ...notice, read } : notice
      queries.setQueriesData<Pages<Notice>>(
        { queryKey: noticeKeys.lists },
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({ ...page, items: page.items.map(marked) })),
          },
      )
    },
    onSuccess: (unread) => queries.setQueryData(noticeKeys.unread, unread),
    onError: () => queries.invalidateQueries({ queryKey: noticeKeys.all }),
  })
}
