import dayjs, { type Dayjs } from 'dayjs'
import type { Calendar, Meeting, OutsideTime, Task } from '@/shared/api/generated/model'

export const VIEWS = ['day', 'week', 'month'] as const
export type View = (typeof VIEWS)[number]
export const KINDS = ['meeting', 'call', 'task'] as const
export type EntryKind = (typeof KINDS)[number]
/** What stands in a calendar: these, a record, or something of another calendar. */
export type StandingKind = EntryKind | 'record' | 'outside'

/** Something at a place of the calendar: one time of a meeting, a task that is due, a record. */
export type Entry = {
  key: string
  kind: StandingKind
  title: string
  begins: Dayjs
  ends: Dayjs
  allDay: boolean
  over: boolean
  movable: boolean
  meeting?: Meeting
  /** When this one begins by its series. */
  occurrence?: string
  task?: Task
  /** What is told of it instead of its time. */
  told?: string
  outside?: OutsideTime
}

export const HOUR = 44
/** Height of an hour, in pixels. */
export const STEP = 15
/** Minutes that times snap to. */
const TASK_MINUTES = 30

const monday = (day: Dayjs) => day.startOf('day').subtract((day.day() + 6) % 7, 'day')

/** The days a view shows, first to last. */
export function daysOf(view: View, on: Dayjs): Dayjs[] {
  if (view === 'day') return [on.startOf('day')]
  if (view === 'week') return count(monday(on), 7)
  const first = monday(on.startOf('month'))
  const weeks = Math.ceil((on.endOf('month').diff(first, 'day') + 1) / 7)
  return count(first, weeks * 7)
}

const count = (first: Dayjs, length: number) =>
  Array.from({ length }, (_, index) => first.add(index, 'day'))

export const nextOf = (view: View, on: Dayjs, by: 1 | -1): Dayjs => on.add(by, view)

/** What a window shows, by when it begins; `busy` is what a time is called that is not told. */
export function entriesOf(
  calendar: Calendar | undefined,
  tasks: readonly Task[],
  busy: string,
): Entry[] {
  const meetings = new Map(calendar?.meetings.map((meeting) => [meeting.id, meeting]))
  const entries: Entry[] = []
  for (const { meeting_id, begins_at, ends_at } of calendar?.occurrences ?? []) {
    const meeting = meetings.get(meeting_id)
    if (!meeting || meeting.state === 'cancelled') continue
    entries.push({
      key: `${meeting_id} ${begins_at}`,
      kind: meeting.kind,
      title: meeting.title,
      begins: dayjs(begins_at),
      ends: dayjs(ends_at),
      allDay: meeting.all_day,
      over: meeting.state === 'done',
      movable: meeting.editable,
      meeting,
      occurrence: begins_at,
    })
  }
  for (const outside of calendar?.outside ?? []) {
    entries.push({
      key: outside.id,
      kind: 'outside',
      title: outside.title || busy,
      begins: dayjs(outside.begins_at),
      ends: dayjs(outside.ends_at),
      allDay: outside.all_day,
      over: false,
      movable: false,
      outside,
    })
  }
  for (const task of tasks) {
    if (task.due_at === null) continue
    const due = dayjs(task.due_at)
    entries.push({
      key: task.id,
      kind: 'task',
      title: task.title,
      begins: due,
      ends: due.add(TASK_MINUTES, 'minute'),
      allDay: false,
      over: task.state === 'done',
      movable: task.editable,
      task,
    })
  }
  return entries.sort((one, other) => one.begins.valueOf() - other.begins.valueOf())
}

/** Those that take place on a day. */
export const onDay = (entries: readonly Entry[], day: Dayjs): Entry[] => {
  const end = day.add(1, 'day')
  return entries.filter(
    ({ begins, ends }) =>
      begins.isBefore(end) && (ends.isAfter(day) || (begins.isSame(ends) && !begins.isBefore(day))),
  )
}

export type Placed = { entry: Entry; top: number; height: number; lane: number; lanes: number }

/** Where they stand in a day's column: what takes place at the same time stands side by side. */
export function placed(entries: readonly Entry[], day: Dayjs): Placed[] {
  const found: Placed[] = []
  let together: Placed[] = []
  let until = 0
  const close = () => {
    const lanes = Math.max(0, ...together.map(({ lane }) => lane)) + 1
    for (const one of together) one.lanes = lanes
    together = []
  }
  for (const entry of onDay(entries, day).filter(({ allDay }) => !allDay)) {
    const from = entry.begins.isBefore(day) ? 0 : minutesOf(entry.begins)
    const end = entry.ends.isBefore(day.add(1, 'day')) ? minutesOf(entry.ends) : 24 * 60
    const to = Math.max(end, from + STEP * 2)
    if (from >= until) close()
    const taken = new Set(
      together.filter((one) => one.top + one.height > from).map(({ lane }) => lane),
    )
    let lane = 0
    while (taken.has(lane)) lane += 1
    const one = { entry, top: from, height: to - from, lane, lanes: 1 }
    together.push(one)
    found.push(one)
    until = Math.max(until, to)
  }
  close()
  return found.map(({ entry, top, height, lane, lanes }) => {
    return { entry, top: (top / 60) * HOUR, height: (height / 60) * HOUR, lane, lanes }
  })
}

/** Minutes since midnight by the clock. */
export const minutesOf = (at: Dayjs): number => at.hour() * 60 + at.minute()

/** The moment at so many minutes of a day, by the clock. */
export const atMinutes = (day: Dayjs, minutes: number): Dayjs =>
  day
    .startOf('day')
    .hour(Math.floor(minutes / 60))
    .minute(minutes % 60)

export const snapped = (minutes: number): number => Math.round(minutes / STEP) * STEP
