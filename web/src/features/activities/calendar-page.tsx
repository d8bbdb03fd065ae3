import { Button, Modal, SegmentedControl, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import dayjs, { type Dayjs } from 'dayjs'
import { useMemo, useState } from 'react'
import { useFormat } from '@/shared/i18n/format'
import type { Picker } from '@/shared/picked'
import { useMay, useMe } from '@/shared/reference'
import { PeriodButtons } from '@/ui/calendar/period-buttons'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { ExportButton } from '@/ui/export/export-button'
import { Failure, NoRights } from '@/ui/failure'
import { OwnerSelect } from '@/ui/owner-select'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useKey } from '@/ui/use-key'
import { CalendarGrid } from './calendar-grid'
import { CalendarList, CalendarMonth } from '@/ui/calendar/calendar-month'
import { calendarQuery, dueQuery, useMove } from './calendar-queries'
import {
  daysOf,
  entriesOf,
  nextOf,
  type Entry,
  type EntryKind,
  type View,
} from '@/ui/calendar/calendar-time'
import { MeetingForm } from './meeting-form'
import { OutsideShown } from './outside-shown'
import '@/ui/calendar/calendar.css'

export type CalendarSearch = {
  view?: View | undefined
  on?: string | undefined
  who?: string | undefined
  kind?: EntryKind | undefined
  /** The meeting that is open. */
  meeting?: string | undefined
}

type Props = {
  search: CalendarSearch
  onSearch: (search: CalendarSearch) => void
  DealPicker: Picker
  PersonPicker: Picker
}

const PAGES = { deal: '/deals/$id', company: '/companies/$id', person: '/people/$id' } as const

/** Meetings, calls and due tasks of a day, a week or a month, mine or a colleague's. */
export function CalendarPage({ search, onSearch, ...pickers }: Props) {
  const { t } = useLingui()
  const me = useMe()
  const navigate = useNavigate()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const mayRead = useMay('activities.meeting', 'read')
  const mayReadTasks = useMay('activities.task', 'read')
  const mayCreate = useMay('activities.meeting', 'create')
  const { view = 'week', on, who, kind } = search
  const day = useMemo(() => (on ? dayjs(on) : dayjs().startOf('day')), [on])
  const days = useMemo(() => daysOf(view, day), [view, day])
  const window = {
    since: days[0]!.toISOString(),
    until: days.at(-1)!.add(1, 'day').toISOString(),
    who,
  }
  const source = useQuery({
    ...calendarQuery(window),
    enabled: mayRead,
    placeholderData: keepPreviousData,
  })
  const due = useQuery({
    ...dueQuery(window),
    enabled: mayReadTasks,
    placeholderData: keepPreviousData,
  })
  const move = useMove()
  const moving = move.isPending ? move.variables : undefined
  const entries = useMemo(() => {
    const found = entriesOf(source.data, due.data ?? [], t`Busy`)
    const told = kind ? found.filter((entry) => entry.kind === kind) : found
    return moving ? told.map((entry) => (entry.key === moving.key ? moving : entry)) : told
  }, [source.data, due.data, kind, moving, t])
  const [chosen, setOpen] = useState<{ entry?: Entry; at?: Dayjs }>()
  const named = entries.find((entry) => entry.meeting && entry.meeting.id === search.meeting)
  const open = chosen ?? (named && { entry: named })

  const outside = open?.entry?.outside

  const show = (next: CalendarSearch) => onSearch({ ...search, ...next })
  const goTo = (at: Dayjs, next: View = view) => show({ on: at.format('YYYY-MM-DD'), view: next })
  const close = () => {
    setOpen(undefined)
    if (search.meeting) show({ meeting: undefined })
  }
  const today = () => show({ on: undefined })
  const half = () => dayjs().add(1, 'hour').startOf('hour')
  const create = () => mayCreate && setOpen({ at: on ? day.hour(10) : half() })
  useKey('n', create)
  useKey('t', today)
  useKey('d', () => show({ view: 'day' }))
  useKey('w', () => show({ view: 'week' }))
  useKey('m', () => show({ view: 'month' }))
  useKey('ArrowLeft', () => goTo(nextOf(view, day, -1)))
  useKey('ArrowRight', () => goTo(nextOf(view, day, 1)))

  function openEntry(entry: Entry) {
    const about = entry.task?.about
    if (entry.meeting || entry.outside) setOpen({ entry })
    else if (about) void navigate({ to: PAGES[about.kind], params: { id: about.id } })
    else void navigate({ to: '/' })
  }

  const act = { onOpen: openEntry, onMove: move.mutate, onCreate: (at: Dayjs) => setOpen({ at }) }
  const shown = { ...act, days, entries, mayCreate }
  if (!mayRead) {
    return (
      <Page title={t`Calendar`}>
        <NoRights />
      </Page>
    )
  }
  return (
    <Page
      title={t`Calendar`}
      hint={<Period view={view} days={days} day={day} />}
      fixed={!phone && view !== 'month'}
      filters={
        <>
          <PeriodButtons onToday={today} onStep={(by) => goTo(nextOf(view, day, by))} />
          <SegmentedControl
            aria-label={t`View`}
            value={view}
            onChange={(next) => show({ view: next as View })}
            data={[
              { value: 'day', label: t`Day` },
              { value: 'week', label: t`Week` },
              { value: 'month', label: t`Month` },
            ]}
          />
          <Select
            aria-label={t`Kind`}
            placeholder={t`All kinds`}
            w={130}
            clearable
            value={kind ?? null}
            onChange={(next) => show({ kind: (next ?? undefined) as EntryKind | undefined })}
            data={[
              { value: 'meeting', label: t`Meetings` },
              { value: 'call', label: t`Calls` },
              { value: 'task', label: t`Tasks` },
            ]}
          />
          <OwnerSelect
            aria-label={t`Whose calendar`}
            w={180}
            allowDeselect={false}
            value={who ?? me.user.id}
            onChange={(id) => show({ who: id && id !== me.user.id ? id : undefined })}
          />
        </>
      }
      actions={
        <>
          <DeletedLink kind="meeting" />
          <ExportButton kind="meeting" state={{}} shown={[]} />
          {mayCreate && (
            <Button leftSection={<IconPlus size={16} />} onClick={create}>
              {t`New meeting`}
            </Button>
          )}
        </>
      }
    >
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <div className="g-card">
          <ListSkeleton rows={8} />
        </div>
      ) : phone && view !== 'day' ? (
        <CalendarList {...shown} onDay={(at) => goTo(at, 'day')} />
      ) : view === 'month' ? (
        <CalendarMonth {...shown} month={day.month()} onDay={(at) => goTo(at, 'day')} />
      ) : (
        <CalendarGrid {...shown} working={source.data.working} key={view} />
      )}
      <Modal
        opened={open !== undefined}
        onClose={close}
        title={outside ? t`In another calendar` : open?.entry ? t`Meeting` : t`New meeting`}
        size="lg"
      >
        {outside && <OutsideShown time={outside} />}
        {open && !outside && <MeetingForm {...open} {...pickers} onDone={close} />}
      </Modal>
    </Page>
  )
}

function Period({ view, days, day }: { view: View; days: readonly Dayjs[]; day: Dayjs }) {
  const format = useFormat()
  if (view === 'month') return format.fullMonth(day.toISOString())
  const first = format.date(days[0]!.toISOString())
  return view === 'day'
    ? first
    : `${format.day(days[0]!.toISOString())} – ${format.date(days[6]!.toISOString())}`
}
