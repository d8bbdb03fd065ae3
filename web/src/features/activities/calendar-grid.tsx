import { useLingui } from '@lingui/react/macro'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useRef } from 'react'
import type { WorkingSpan } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useNow } from '@/ui/relative-time'
import { EntryButton, type Act } from '@/ui/calendar/calendar-entry'
import { HOUR, atMinutes, minutesOf, onDay, placed, type Entry } from '@/ui/calendar/calendar-time'
import { useCalendarDrag } from './use-calendar-drag'

type Props = Act & {
  days: readonly Dayjs[]
  entries: readonly Entry[]
  working: readonly WorkingSpan[]
  mayCreate: boolean
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const BY_KEY = 10 * 60
/** The minutes at which is planned what was not pointed at. */
const MORNING = 7.5
/** The hour that is seen first. */

/** Days beside each other, with their hours; what is dragged is moved or stretched. */
export function CalendarGrid({ days, entries, working, mayCreate, ...act }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const now = dayjs(useNow())
  const scroller = useRef<HTMLDivElement>(null)
  const drag = useCalendarDrag(act.onMove, act.onOpen)
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = MORNING * HOUR
  }, [])
  const shown = drag.dragged
    ? entries.map((entry) => (entry.key === drag.dragged?.key ? drag.dragged : entry))
    : entries
  const emptyName = (day: Dayjs) => {
    const date = format.date(day.toISOString())
    return t`Plan something on ${date}`
  }
  const whole = entries.some(({ allDay }) => allDay)
  return (
    <div
      className="g-card cal-grid"
      ref={scroller}
      style={{ '--cal-days': days.length } as React.CSSProperties}
      role="group"
      aria-label={t`Hours of the days`}
    >
      <div className="cal-head">
        <span />
        {days.map((day) => (
          <div
            key={day.valueOf()}
            className="cal-head-day"
            data-today={day.isSame(now, 'day') || undefined}
          >
            {format.weekday(day.toISOString())} <b>{day.date()}</b>
          </div>
        ))}
        {whole && <span className="cal-whole-name">{t`all day`}</span>}
        {whole &&
          days.map((day) => (
            <div key={day.valueOf()} className="cal-whole">
              {onDay(entries, day)
                .filter(({ allDay }) => allDay)
                .map((entry) => (
                  <EntryButton key={entry.key} entry={entry} onOpen={act.onOpen} />
                ))}
            </div>
          ))}
      </div>
      <div className="cal-body">
        <div className="cal-hours" aria-hidden="true">
          {HOURS.map((hour) => (
            <span key={hour}>
              {hour > 0 && format.time(atMinutes(now, hour * 60).toISOString())}
            </span>
          ))}
        </div>
        {days.map((day, index) => (
          <div key={day.valueOf()} className="cal-day" data-day={day.format('YYYY-MM-DD')}>
            {mayCreate && (
              <button
                type="button"
                className="cal-empty"
                aria-label={emptyName(day)}
                onClick={(event) => {
                  if (event.detail === 0) return act.onCreate(atMinutes(day, BY_KEY))
                  const y = event.clientY - event.currentTarget.getBoundingClientRect().top
                  act.onCreate(atMinutes(day, Math.floor(((y / HOUR) * 60) / 30) * 30))
                }}
              />
            )}
            {spansOn(working, day).map(([top, height]) => (
              <span key={top} className="cal-working" style={{ top, height }} />
            ))}
            {day.isSame(now, 'day') && (
              <span className="cal-now" style={{ top: (minutesOf(now) / 60) * HOUR }} />
            )}
            {placed(shown, day).map(({ entry, top, height, lane, lanes }) => (
              <EntryButton
                key={entry.key}
                entry={entry}
                onOpen={act.onOpen}
                style={{
                  top,
                  height: height - 2,
                  left: `calc(${(lane / lanes) * 100}% + 1px)`,
                  width: `calc(${100 / lanes}% - 4px)`,
                }}
                dragged={drag.dragged?.key === entry.key}
                drag={(event, how) => drag.start(event, entry, how, index, days.length)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

/** The working hours of a day: where they begin and how long they are, in pixels. */
function spansOn(working: readonly WorkingSpan[], day: Dayjs): [number, number][] {
  const end = day.add(1, 'day')
  return working.flatMap(({ begins_at, ends_at }): [number, number][] => {
    const [from, to] = [dayjs(begins_at), dayjs(ends_at)]
    if (!from.isBefore(end) || !to.isAfter(day)) return []
    const top = from.isBefore(day) ? 0 : minutesOf(from)
    const bottom = to.isBefore(end) ? minutesOf(to) : 24 * 60
    return [[(top / 60) * HOUR, ((bottom - top) / 60) * HOUR]]
  })
}
