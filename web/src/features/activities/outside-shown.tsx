import { Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { OutsideTime } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useColleagues } from '@/shared/reference'
import './outside.css'

/** A time of another calendar: changed there, and shown here. */
export function OutsideShown({ time }: { time: OutsideTime }) {
  const { t } = useLingui()
  const format = useFormat()
  const colleagues = useColleagues()
  const { title, place, calendar, all_day, begins_at, ends_at, person_id } = time
  const name = colleagues.find(({ id }) => id === person_id)?.name
  return (
    <Stack gap={6}>
      <Text fw={600}>{title || (name ? t`${name} is busy` : t`Busy`)}</Text>
      <Text size="sm">
        {all_day
          ? `${format.date(begins_at)}, ${t`all day`}`
          : `${format.moment(begins_at)} – ${format.time(ends_at)}`}
      </Text>
      {place && <Text size="sm">{place}</Text>}
      <Text size="sm" c="dimmed">
        {calendar
          ? t`From the calendar “${calendar}”. It is changed there; colleagues see only that you are busy.`
          : t`What it is, only they know.`}
      </Text>
    </Stack>
  )
}
