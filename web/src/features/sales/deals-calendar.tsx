import '@/ui/calendar/calendar.css'
import { Group, SegmentedControl, Text } from '@mantine/core'
import { useMediaQuery, useSessionStorage } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import dayjs, { type Dayjs } from 'dayjs'
import { useMemo } from 'react'
import type { Deal } from '@/shared/api/generated/model'
import { changeDeal } from '@/shared/api/generated/sales'
import { useExplain } from '@/shared/changes'
import { joined, partsOf } from '@/shared/conditions'
import { nameOf, useCustomFields } from '@/shared/custom-fields'
import { useFormat, type Format } from '@/shared/i18n/format'
import { announce } from '@/ui/announce'
import { CalendarList, CalendarMonth } from '@/ui/calendar/calendar-month'
import { daysOf, nextOf, type Entry } from '@/ui/calendar/calendar-time'
import { PeriodButtons } from '@/ui/calendar/period-buttons'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { putDeal } from './cache'
import { type DealsSearch, paramsOf } from './deals-search'
import { dealDaysQuery, dealKeys } from './queries'

type Props = { search: DealsSearch; by: string; onSearch: (search: DealsSearch) => void }
type Span = 'month' | 'week'

const SHOWN = { month: 4, week: 30 } as const
const DAY = 'YYYY-MM-DD'
const KEPT = { defaultValue: '', getInitialValueInEffect: false }

/** The deals of a list on the days of a month or a week; one is taken to another day. */
export function DealsCalendar({ search, by, onSearch }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const navigate = useNavigate()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [on, goTo] = useSessionStorage({ key: 'deals.calendar.on', ...KEPT })
  const [kept, setSpan] = useSessionStorage({ key: 'deals.calendar.span', ...KEPT })
  const span: Span = kept === 'week' ? 'week' : 'month'
  const day = useMemo(() => (on ? dayjs(on) : dayjs().startOf('day')), [on])
  const days = useMemo(() => daysOf(span, day), [span, day])
  const movable = useMovable(by)
  const source = useQuery(
    dealDaysQuery({
      ...paramsOf(search),
      by,
      since: days[0]!.format(DAY),
      until: days.at(-1)!.format(DAY),
      shown: SHOWN[span] + 1,
    }),
  )
  const move = useMoveDay(by)
  const moving = move.isPending ? move.variables : undefined
  const entries = useMemo(() => {
    const found = (source.data ?? []).flatMap((one) =>
      one.items.map((deal) => entryOf(deal, one.day, movable, format)),
    )
    const { deal, to } = moving ?? {}
    return found.map((entry) =>
      deal && to && entry.key === deal.id
        ? Object.assign({}, entry, { begins: to, ends: to.add(1, 'day') })
        : entry,
    )
  }, [source.data, movable, format, moving])
  const beside = new Map(source.data?.map((one) => [one.day, one.count - one.items.length]))
  const deals = new Map(source.data?.flatMap((one) => one.items.map((deal) => [deal.id, deal])))

  function open({ key }: Entry) {
    void navigate({ to: '/deals/$id', params: { id: key } })
  }
  function drop({ key }: Entry, to: Dayjs) {
    const deal = deals.get(key)
    if (deal) move.mutate({ deal, to })
  }
  /** The list of one day. */
  function onDay(at: Dayjs) {
    const value = at.format(DAY)
    const part = { field: by, op: 'eq', value } as const
    const filter = joined([...partsOf(search.filter), part])
    onSearch({ ...search, calendar: undefined, filter })
  }
  const shown = {
    days,
    entries,
    mayCreate: false,
    onOpen: open,
    onMove: () => undefined,
    onCreate: () => undefined,
    onDay,
    moreOn: (at: Dayjs) => beside.get(at.format(DAY)) ?? 0,
  }
  return (
    <>
      <Group gap={8}>
        <PeriodButtons
          onToday={() => goTo('')}
          onStep={(step) => goTo(nextOf(span, day, step).format(DAY))}
        />
        <SegmentedControl
          aria-label={t`Period`}
          value={span}
          onChange={setSpan}
          data={[
            { value: 'week', label: t`Week` },
            { value: 'month', label: t`Month` },
          ]}
        />
        <Text fw={600} role="status">
          {span === 'month'
            ? format.fullMonth(day.toISOString())
            : `${format.day(days[0]!.toISOString())} – ${format.date(days[6]!.toISOString())}`}
        </Text>
      </Group>
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <div className="g-card">
          <ListSkeleton rows={8} />
        </div>
      ) : phone ? (
        <CalendarList {...shown} />
      ) : (
        <CalendarMonth {...shown} shown={SHOWN[span]} month={day.month()} onDrop={drop} />
      )}
    </>
  )
}

function entryOf(deal: Deal, day: string, movable: boolean, format: Format): Entry {
  const begins = dayjs(day)
  return {
    key: deal.id,
    kind: 'record',
    title: deal.title,
    begins,
    ends: begins.add(1, 'day'),
    allDay: true,
    over: deal.kind !== 'open',
    movable: movable && deal.editable,
    told: deal.worth ? format.money(deal.worth) : '—',
  }
}

/** Whether people fill the date in. */
function useMovable(by: string): boolean {
  const added = useCustomFields('deal').find((field) => nameOf(field) === by)
  return by === 'expected_on' || (added !== undefined && !added.formula && !added.roll_up)
}

type Move = { deal: Deal; to: Dayjs }

/** Gives a deal another day, of a time its hour. */
function useMoveDay(by: string) {
  const { t } = useLingui()
  const format = useFormat()
  const queries = useQueryClient()
  const explain = useExplain()
  const added = useCustomFields('deal').find((field) => nameOf(field) === by)
  return useMutation({
    mutationFn: ({ deal, to }: Move) => {
      const { version } = deal
      const day = to.format(DAY)
      if (!added) return changeDeal(deal.id, { version, expected_on: day })
      const before = dayjs(String(deal.custom[added.key]))
      const at = to.hour(before.hour()).minute(before.minute())
      const value = added.type === 'date' ? day : at.toISOString()
      return changeDeal(deal.id, { version, custom: { [added.key]: value } })
    },
    onSuccess: (deal, { to }) => {
      putDeal(queries, deal)
      const date = format.date(to.toISOString())
      announce(t`“${deal.title}” is on ${date} now`)
      void queries.invalidateQueries({ queryKey: dealKeys.lists, refetchType: 'none' })
      void queries.invalidateQueries({ queryKey: dealKeys.history(deal.id) })
      return queries.invalidateQueries({ queryKey: dealKeys.groups })
    },
    onError: (error) => {
      notifications.show({ color: 'red', message: explain(error) })
      void queries.invalidateQueries({ queryKey: dealKeys.days })
    },
  })
}
