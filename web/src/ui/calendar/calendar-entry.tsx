import { useLingui } from '@lingui/react/macro'
import {
  IconCalendarEvent,
  IconCheckbox,
  IconFlag,
  IconPhone,
  IconRepeat,
  IconUsers,
} from '@tabler/icons-react'
import type { Dayjs } from 'dayjs'
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react'
import { useFormat } from '@/shared/i18n/format'
import type { Entry } from './calendar-time'

/** What can be done on the calendar. */
export type Act = {
  onOpen: (entry: Entry) => void
  onMove: (entry: Entry) => void
  onCreate: (at: Dayjs) => void
}

type Start = (event: PointerEvent<HTMLElement>, how: 'move' | 'resize') => void

type Props = {
  entry: Entry
  onOpen: (entry: Entry) => void
  style?: CSSProperties
  dragged?: boolean
  /** Begins to drag it, where it may be. */
  drag?: Start
  onKeyDown?: (event: KeyboardEvent) => void
}

const ICONS = {
  meeting: IconUsers,
  call: IconPhone,
  task: IconCheckbox,
  record: IconFlag,
  outside: IconCalendarEvent,
}

/** One entry: opened by a click or Enter; its edge, where it may be dragged, stretches it. */
export function EntryButton({ entry, onOpen, style, dragged, drag, onKeyDown }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const { kind, title, begins, ends, allDay, meeting } = entry
  const Icon = ICONS[kind]
  const from = format.time(begins.toISOString())
  const to = format.time(ends.toISOString())
  const names = {
    meeting: t`Meeting`,
    call: t({ message: 'Call', context: 'meeting' }),
    task: t`Task`,
    outside: t`In another calendar`,
  }
  const usual = allDay ? t`all day` : kind === 'task' ? from : `${from} – ${to}`
  const when = entry.told ?? usual
  return (
    <button
      type="button"
      className="cal-entry"
      data-kind={kind}
      data-over={entry.over || undefined}
      data-dragged={dragged || undefined}
      data-movable={(drag && entry.movable) || undefined}
      style={style}
      aria-label={kind === 'record' ? `${title}, ${when}` : `${names[kind]}: ${title}, ${when}`}
      title={`${title}\n${when}`}
      onKeyDown={onKeyDown}
      onPointerDown={drag && ((event) => drag(event, 'move'))}
      onClick={(event) => {
        // a drag of the pointer has opened it, or moved it, by itself
        if (!drag || !entry.movable || event.detail === 0 || touched(event.nativeEvent))
          onOpen(entry)
      }}
    >
      <span className="cal-entry-title">
        <Icon size={12} aria-hidden="true" /> {title}
        {meeting?.repeats && <IconRepeat size={11} aria-hidden="true" />}
      </span>
      <span className="cal-entry-time">{when}</span>
      {drag && entry.movable && kind !== 'task' && kind !== 'record' && (
        <span className="cal-entry-edge" onPointerDown={(event) => drag(event, 'resize')} />
      )}
    </button>
  )
}

const touched = (event: MouseEvent) =>
  event instanceof globalThis.PointerEvent && event.pointerType === 'touch'
