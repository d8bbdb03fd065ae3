import { useEffect, useEffectEvent, useState, type KeyboardEvent, type PointerEvent } from 'react'
import dayjs, { type Dayjs } from 'dayjs'
import type { Entry } from './calendar-time'

type Drag = { entry: Entry; x: number; y: number; moved: boolean; over: string | undefined }

const LEAST = 4
/** Pixels that are no drag yet, but a click. */
const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** Takes entries of a month to other days: under the pointer, or by Alt and an arrow. */
export function useDayDrag(
  onDrop: ((entry: Entry, day: Dayjs) => void) | undefined,
  onOpen: (entry: Entry) => void,
) {
  const [drag, setDrag] = useState<Drag>()

  function start(event: PointerEvent<HTMLElement>, entry: Entry) {
    if (event.button !== 0 || event.pointerType === 'touch' || !entry.movable) return
    const { clientX: x, clientY: y } = event
    setDrag({ entry, x, y, moved: false, over: undefined })
  }

  function onKeyDown(event: KeyboardEvent, entry: Entry) {
    const by = event.altKey && entry.movable ? KEYS[event.key] : undefined
    if (by === undefined) return
    event.preventDefault()
    onDrop?.(entry, entry.begins.startOf('day').add(by, 'day'))
  }

  const follow = useEffectEvent(({ clientX: x, clientY: y }: globalThis.PointerEvent) => {
    if (!drag) return
    const moved = drag.moved || Math.abs(x - drag.x) + Math.abs(y - drag.y) > LEAST
    const under = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-day]')
    if (moved) setDrag({ ...drag, moved, over: under?.dataset['day'] })
  })
  const drop = useEffectEvent(() => {
    if (!drag) return
    setDrag(undefined)
    const { entry, moved, over } = drag
    if (!moved) onOpen(entry)
    else if (over && over !== entry.begins.format('YYYY-MM-DD')) onDrop?.(entry, dayjs(over))
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

  return {
    dragged: drag?.moved ? drag.entry.key : undefined,
    over: drag?.over,
    of: (entry: Entry) =>
      onDrop && {
        drag: (event: PointerEvent<HTMLElement>) => start(event, entry),
        onKeyDown: (event: KeyboardEvent) => onKeyDown(event, entry),
        dragged: drag?.moved === true && drag.entry.key === entry.key,
      },
  }
}
