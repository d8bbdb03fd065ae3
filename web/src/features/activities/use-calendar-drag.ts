import { useEffect, useEffectEvent, useState, type PointerEvent } from 'react'
import { HOUR, STEP, atMinutes, minutesOf, snapped, type Entry } from '@/ui/calendar/calendar-time'

type Drag = {
  entry: Entry
  how: 'move' | 'resize'
  x: number
  y: number
  /** The width of a day's column. */
  width: number
  /** How far it may go to either side, in days. */
  days: [number, number]
  at: Entry
  moved: boolean
}

const LEAST = 4
/** Pixels that are no drag yet, but a click. */

/** Moves and stretches entries under the pointer; `onDrop` is told where one was let go. */
export function useCalendarDrag(onDrop: (entry: Entry) => void, onOpen: (entry: Entry) => void) {
  const [drag, setDrag] = useState<Drag>()

  function start(
    event: PointerEvent<HTMLElement>,
    entry: Entry,
    how: Drag['how'],
    day: number,
    days: number,
  ) {
    if (event.button !== 0) return
    event.stopPropagation()
    const column = event.currentTarget.closest<HTMLElement>('.cal-day')
    if (!entry.movable || event.pointerType === 'touch' || !column) return
    const { clientX: x, clientY: y } = event
    const width = column.offsetWidth
    setDrag({ entry, how, x, y, width, days: [-day, days - 1 - day], at: entry, moved: false })
  }

  // on the window: what goes to another day is another element there, which holds no pointer
  const follow = useEffectEvent((event: globalThis.PointerEvent) => {
    if (!drag) return
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y]
    const moved = drag.moved || Math.abs(x) + Math.abs(y) > LEAST
    if (moved) setDrag({ ...drag, moved, at: shifted(drag, x, y) })
  })
  const drop = useEffectEvent(() => {
    if (!drag) return
    setDrag(undefined)
    const { at, entry } = drag
    const same = at.begins.isSame(entry.begins) && at.ends.isSame(entry.ends)
    if (!drag.moved) onOpen(entry)
    else if (!same) onDrop(at)
  })
  const dragging = drag !== undefined
  useEffect(() => {
    if (!dragging) return undefined
    const stop = () => setDrag(undefined)
    window.addEventListener('pointermove', follow)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', stop)
    return () => {
      window.removeEventListener('pointermove', follow)
      window.removeEventListener('pointerup', drop)
      window.removeEventListener('pointercancel', stop)
    }
  }, [dragging])

  return { dragged: drag?.moved ? drag.at : undefined, start }
}

function shifted({ entry, how, width, days }: Drag, x: number, y: number): Entry {
  const minutes = snapped((y / HOUR) * 60)
  if (how === 'resize') {
    const end = entry.ends.add(minutes, 'minute')
    const least = entry.begins.add(STEP, 'minute')
    return { ...entry, ends: end.isBefore(least) ? least : end }
  }
  const by = Math.min(days[1], Math.max(days[0], Math.round(x / width)))
  const from = Math.min(24 * 60 - STEP, Math.max(0, minutesOf(entry.begins) + minutes))
  const begins = atMinutes(entry.begins.add(by, 'day'), from)
  return { ...entry, begins, ends: begins.add(entry.ends.diff(entry.begins)) }
}
