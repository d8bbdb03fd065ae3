import dayjs, { type Dayjs } from 'dayjs'
import type { ReactNode } from 'react'
import type {
  Every,
  Meeting,
  MeetingChange,
  MeetingDraft,
  MeetingKind,
  RecurrenceInput,
} from '@/shared/api/generated/model'
import type { Picked } from '@/shared/picked'
import type { Entry } from '@/ui/calendar/calendar-time'

/** How often, as it is offered: a rule of the API has more. */
export const REPEATS = ['never', 'day', 'week', 'weeks', 'month', 'weekday', 'year'] as const
export type Repeats = (typeof REPEATS)[number]

export type MeetingValues = {
  kind: MeetingKind
  title: string
  begins_at: string | null
  ends_at: string | null
  all_day: boolean
  place: string
  colleague_ids: string[]
  people: Picked[]
  deal: Picked | null
  repeats: Repeats
  weekdays: string[]
  until: string | null
  remind: string[]
  description: string
  result: string
}

export function initialOf(entry: Entry | undefined, at: Dayjs | undefined): MeetingValues {
  const meeting = entry?.meeting
  const begins = entry?.begins ?? at ?? dayjs().add(1, 'hour').startOf('hour')
  const ends = entry?.ends ?? begins.add(1, 'hour')
  return {
    kind: meeting?.kind ?? 'meeting',
    title: meeting?.title ?? '',
    begins_at: begins.toISOString(),
    // a whole day ends with it, for people
    ends_at: (meeting?.all_day ? ends.subtract(1, 'day') : ends).toISOString(),
    all_day: meeting?.all_day ?? false,
    place: meeting?.place ?? '',
    colleague_ids: meeting?.colleagues.map(({ id }) => id) ?? [],
    people: meeting?.people.map(({ id, name }) => ({ id, name: name ?? '…' })) ?? [],
    deal: null,
    repeats: offeredOf(meeting),
    weekdays: (meeting?.repeats?.weekdays ?? []).map(String),
    until: meeting?.repeats?.until ?? null,
    remind: (meeting?.remind ?? [15]).map(String),
    description: meeting?.description ?? '',
    result: meeting?.result ?? '',
  }
}

function offeredOf(meeting: Meeting | undefined): Repeats {
  const rule = meeting?.repeats
  if (!rule) return 'never'
  if (rule.every === 'week') return rule.interval === 2 ? 'weeks' : 'week'
  return rule.by_weekday ? 'weekday' : rule.every
}

function ruleOf(values: MeetingValues, meeting: Meeting | undefined): RecurrenceInput | null {
  const { repeats, until } = values
  if (repeats === 'never') return null
  const every: Every = repeats === 'weeks' ? 'week' : repeats === 'weekday' ? 'month' : repeats
  const first = (dayjs(meeting?.begins_at ?? values.begins_at).day() + 6) % 7
  const weekdays = every === 'week' ? [...new Set([...values.weekdays.map(Number), first])] : []
  const before = meeting?.repeats
  const same = before?.every === every && offeredOf(meeting) === repeats
  return {
    every,
    interval: repeats === 'weeks' ? 2 : same ? before.interval : 1,
    weekdays: weekdays.length > 1 ? weekdays.sort((one, other) => one - other) : [],
    by_weekday: repeats === 'weekday',
    until,
    count: until || !same ? null : before.count,
  }
}

/** What all forms tell: whole days go from midnight to midnight. */
function told(values: MeetingValues, meeting: Meeting | undefined) {
  const { all_day } = values
  const [from, to] = [dayjs(values.begins_at), dayjs(values.ends_at)]
  return {
    kind: values.kind,
    title: values.title,
    begins_at: (all_day ? from.startOf('day') : from).toISOString(),
    ends_at: (all_day ? to.startOf('day').add(1, 'day') : to).toISOString(),
    all_day,
    place: values.place || null,
    description: values.description || null,
    colleague_ids: values.colleague_ids,
    person_ids: values.people.map(({ id }) => id),
    remind: values.remind.map(Number),
    repeats: ruleOf(values, meeting),
  }
}

export function draftOf(values: MeetingValues): MeetingDraft {
  const { deal } = values
  return {
    ...told(values, undefined),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    about: deal && { kind: 'deal', id: deal.id },
  } as MeetingDraft
}

/** Only what differs from what the form began with: the rest is left to others. */
export function changeOf(
  values: MeetingValues,
  initial: MeetingValues,
  meeting: Meeting,
): Omit<MeetingChange, 'version'> {
  const before: Record<string, unknown> = told(initial, meeting)
  const after = { ...told(values, meeting), result: values.result || null }
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) =>
        JSON.stringify(value) !==
        JSON.stringify(name === 'result' ? initial.result || null : before[name]),
    ),
  )
}

type Field = {
  value: string | null
  onChange: (value: string | null) => void
  error: ReactNode
}

/** A moment's field as a day's: midnight by the clock here. */
export function dayField({ value, onChange, error }: Field): Field {
  const local = value ? new Date(value) : undefined
  const known = local && !Number.isNaN(local.getTime())
  return {
    value: known ? local.toLocaleDateString('sv') : value,
    error,
    onChange: (next) => {
      const at = next ? new Date(`${next}T00:00:00`) : undefined
      onChange(at && !Number.isNaN(at.getTime()) ? at.toISOString() : next)
    },
  }
}
