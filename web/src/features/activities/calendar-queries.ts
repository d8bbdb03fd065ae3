import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  addMeeting,
  calendar,
  changeMeeting,
  changeTask,
  deleteMeeting,
  listTasks,
} from '@/shared/api/generated/activities'
import type { DeleteMeetingParams, MeetingChange, MeetingDraft } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { given } from '@/shared/lib/list'
import { useToldDeleted } from '@/ui/deleted/undo'
import type { Entry } from '@/ui/calendar/calendar-time'
import { taskKeys } from './queries'

export const calendarKeys = { all: ['calendar'] as const }

type Window = { since: string; until: string; who?: string | undefined }

export const calendarQuery = (window: Window) =>
  queryOptions({
    queryKey: [...calendarKeys.all, window] as const,
    queryFn: ({ signal }) =>
      calendar(given(window) as { since: string; until: string }, { signal }),
  })

const MOST_TASKS = 200

/** The tasks that are due within the window. */
export const dueQuery = ({ since, until, who }: Window) =>
  queryOptions({
    queryKey: [...taskKeys.all, 'due', since, until, who ?? ''] as const,
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({
        all: [
          { field: 'due_at', op: 'gte', value: since },
          { field: 'due_at', op: 'lt', value: until },
        ],
      })
      const whose = who ? { owner_id: who } : { mine: true }
      return (await listTasks({ ...whose, filter, limit: MOST_TASKS }, { signal })).items
    },
  })

/** Meetings are read again; and deals, whose next step one may be. */
function useRefresh() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['deals'] })
    return queries.invalidateQueries({ queryKey: calendarKeys.all })
  }
}

export function useAddMeeting() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (sent: { draft: MeetingDraft; once: RequestInit }) =>
      addMeeting(sent.draft, sent.once),
    onSuccess: refresh,
  })
}

export function useChangeMeeting() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (sent: { id: string; change: MeetingChange; once?: RequestInit }) =>
      changeMeeting(sent.id, sent.change, sent.once),
    onSuccess: refresh,
  })
}

/** Deletes a meeting, or of a series what is meant; to be undone for a moment, and thirty days. */
export function useDeleteMeeting() {
  const refresh = useRefresh()
  const tell = useToldDeleted('meeting')
  return useMutation({
    mutationFn: (sent: { id: string; seen: DeleteMeetingParams }) =>
      deleteMeeting(sent.id, sent.seen),
    onSuccess: (deleted) => {
      tell(deleted)
      return refresh()
    },
  })
}

/** Moves what was dragged: of a series this one; the others go by the form. */
export function useMove() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  const refresh = useRefresh()
  return useMutation({
    mutationFn: async ({ meeting, task, occurrence, begins, ends }: Entry) => {
      if (task) {
        await changeTask(task.id, { version: task.version, due_at: begins.toISOString() })
      } else if (meeting) {
        const one = meeting.repeats && occurrence ? { scope: 'this' as const, occurrence } : {}
        const times = { begins_at: begins.toISOString(), ends_at: ends.toISOString() }
        await changeMeeting(meeting.id, { version: meeting.version, ...times, ...one })
      }
    },
    onError: (error) => {
      const title = t`It stays where it was`
      notifications.show({ color: 'red', title, message: explain(error) })
    },
    onSettled: async () => {
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: taskKeys.all })])
    },
  })
}
