import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { reminders } from '@/shared/api/generated/activities'
import { useFormat } from '@/shared/i18n/format'

const KEPT = 'gausdo.reminders'

/** Tells of what one is reminded of, once in this browser; read again when the server says so. */
export function RemindersShown() {
  const { t } = useLingui()
  const format = useFormat()
  const { data } = useQuery({
    queryKey: ['reminders'],
    queryFn: ({ signal }) => reminders({ signal }),
  })
  useEffect(() => {
    const told = new Set<string>(JSON.parse(localStorage.getItem(KEPT) ?? '[]') as string[])
    for (const { id, title, begins_at, place } of data ?? []) {
      if (told.has(id)) continue
      const when = format.time(begins_at)
      notifications.show({
        id,
        title: t`${when}: ${title}`,
        message: place ?? t`A reminder`,
        autoClose: false,
      })
    }
    if (data) localStorage.setItem(KEPT, JSON.stringify(data.map(({ id }) => id)))
  }, [data, format, t])
  return null
}
