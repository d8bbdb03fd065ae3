import { useLingui } from '@lingui/react/macro'
import dayjs, { type Dayjs } from 'dayjs'
import { useFormat } from '@/shared/i18n/format'
import { useNow } from '@/ui/relative-time'
import { EntryButton, type Act } from './calendar-entry'
import { onDay, type Entry } from './calendar-time'
import { useDayDrag } from './use-day-drag'

type Props = Act & {
  days: readonly Dayjs[]
  entries: readonly Entry[]
  mayCreate: boolean
  onDay: (day: Dayjs) => void
  /** How many a day has beside its entries. */
  moreOn?: (day: Dayjs) => number
  /** How many of a day are shown. */
  shown?: number
  /** Takes one to another day. */
  onDrop?: (entry: Entry, day: Dayjs) => void
}

const SHOWN = 3
const MORNING = 10
/** The hour a meeting begins at that is planned on a day. */

/** The weeks of a month; the days before and after it are quiet. */
export function CalendarMonth(props: Props & { month: number }) {
  const { t } = useLingui()
  const { days, entries, mayCreate, month } = props
  const format = useFormat()
  const now = dayjs(useNow())
  const dragging = useDayDrag(props.onDrop, props.onOpen)
  return (
    <div className="g-card cal-month">
      {days.slice(0, 7).map((day) => (
        <div key={day.valueOf()} className="cal-month-name">
          {format.weekday(day.toISOString())}
        </div>
      ))}
      {days.map((day) => {
        const here = onDay(entries, day)
        const room = props.shown ?? SHOWN
        const beside = props.moreOn?.(day) ?? 0
        // one more has as much room as the words for it
        const few = here.slice(0, here.length + beside === room + 1 ? room + 1 : room)
        const more = here.length + beside - few.length
        const date = format.date(day.toISOString())
        return (
          <div
            key={day.valueOf()}
            className="cal-month-day"
            data-day={day.format('YYYY-MM-DD')}
            data-drop={dragging.over === day.format('YYYY-MM-DD') || undefined}
            data-other={day.month() !== month || undefined}
          >
            {mayCreate && (
              <button
                type="button"
                className="cal-empty"
                tabIndex={-1}
                aria-label={t`Plan something on ${date}`}
                onClick={() => props.onCreate(day.hour(MORNING))}
              />
            )}
            <button
              type="button"
              className="cal-month-number"
              data-today={day.isSame(now, 'day') || undefined}
              aria-label={t`Open ${date}`}
              onClick={() => props.onDay(day)}
            >
              {day.date()}
            </button>
            {few.map((entry) => (
              <EntryButton
                key={entry.key}
                entry={entry}
                onOpen={props.onOpen}
                {...dragging.of(entry)}
              />
            ))}
            {more > 0 && (
              <button type="button" className="cal-more" onClick={() => props.onDay(day)}>
                {t`${more} more`}
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
}

/** The same days one under another, where there is no room: those with something on them. */
export function CalendarList(props: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const now = dayjs(useNow())
  const days = props.days
    .map((day) => ({ day, here: onDay(props.entries, day), more: props.moreOn?.(day) ?? 0 }))
    .filter(({ day, here }) => here.length > 0 || day.isSame(now, 'day'))
  return (
    <div className="g-card cal-list">
      {days.length === 0 && <p className="cal-none">{t`Nothing is planned on these days.`}</p>}
      {days.map(({ day, here, more }) => (
        <section key={day.valueOf()} data-day={day.format('YYYY-MM-DD')}>
          <button
            type="button"
            className="cal-list-day"
            data-today={day.isSame(now, 'day') || undefined}
            onClick={() => props.onDay(day)}
          >
            {format.weekday(day.toISOString())}, {format.day(day.toISOString())}
          </button>
          {here.map((entry) => (
            <EntryButton key={entry.key} entry={entry} onOpen={props.onOpen} />
          ))}
          {more > 0 && (
            <button type="button" className="cal-more" onClick={() => props.onDay(day)}>
              {t`${more} more`}
            </button>
          )}
          {here.length === 0 && <p className="cal-none">{t`Nothing is planned.`}</p>}
        </section>
      ))}
    </div>
  )
}
