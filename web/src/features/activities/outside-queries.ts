import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { notifications } from '@mantine/notifications'
import { myCalendars } from '@/shared/api/generated/activities'
import { useProblemText } from '@/shared/i18n/problems'
import { calendarKeys } from './calendar-queries'

const SOON = 1500

/** While a server is looked through it is asked again how far that is. */
export const outsideQuery = () =>
  queryOptions({
    queryKey: ['me', 'calendars'] as const,
    queryFn: ({ signal }) => myCalendars({ signal }),
    refetchInterval: ({ state }) =>
      state.data?.some((one) => one.state === 'looking') ? SOON : false,
  })

/** Does something with one's accounts; what stands in the calendar follows a moment later. */
export function useOutside<T>(act: (sent: T) => Promise<unknown>) {
  const queries = useQueryClient()
  const problem = useProblemText()
  return useMutation({
    mutationFn: act,
    onError: (error) => notifications.show({ color: 'red', message: problem(error) }),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: outsideQuery().queryKey })
      setTimeout(() => {
        void queries.invalidateQueries({ queryKey: outsideQuery().queryKey })
        void queries.invalidateQueries({ queryKey: calendarKeys.all })
      }, 2 * SOON)
    },
  })
}
