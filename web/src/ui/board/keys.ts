import { useLingui } from '@lingui/react/macro'
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { announce } from '@/ui/announce'
import type { BoardColumnInfo } from './column'
import {
  isArrow,
  isIn,
  neighbour,
  placeItem,
  step,
  type BoardItem,
  type Columns,
  type Place,
} from './model'

type Lift<T> = { item: T; from: string; to: string; dropped: boolean }

type Options<T extends BoardItem> = {
  columns: readonly BoardColumnInfo[]
  items: Columns<T>
  folded?: ReadonlySet<string>
  onChoose?: ((item: T) => void) | undefined
  onEdit?: ((item: T) => void) | undefined
  fixed?: boolean
  movable: (item: T) => boolean
  itemLabel: (item: T) => string
  onMove: (item: T, from: string, to: string) => boolean
  onOpen: (item: T) => void
}

/** Moving about the board and moving its cards by keys alone; each step is told. */
export function useBoardKeys<T extends BoardItem>(options: Options<T>) {
  const { columns, folded, onChoose, onEdit, fixed, movable, itemLabel, onMove, onOpen } = options
  const items = useMemo(() => unfolded(options.items, folded), [options.items, folded])
  const { t } = useLingui()
  const [chosen, setActive] = useState<Place>()
  const [lift, setLift] = useState<Lift<T>>()
  // focus follows keyboard moves only: such a move may have unmounted the focused card
  const byKey = useRef(false)

  // a dropped card stays where it was put until the data has it there, so that the focused card is
  // never unmounted in between: what else changes the data meanwhile does not put it back
  const [seen, setSeen] = useState(items)
  if (seen !== items) {
    setSeen(items)
    if (lift?.dropped && isIn(options.items, lift.to, lift.item.id)) setLift(undefined)
  }

  const shown = useMemo(
    () => (lift ? placeItem(items, lift.item, lift.from, lift.to) : items),
    [items, lift],
  )
  const active = reachable(shown, chosen)
  const nameOf = (id: string) => columns.find((column) => column.id === id)?.label ?? ''

  function moveLifted(current: Lift<T>, to: string) {
    setLift({ ...current, to })
    const index = (to === current.from ? items.get(to) : undefined)?.findIndex(
      (item) => item.id === current.item.id,
    )
    setActive({ column: to, index: Math.max(0, index ?? 0) })
    const column = nameOf(to)
    announce(t`Over ${column}`)
  }

  function onKeyDown(event: KeyboardEvent) {
    const element = event.target as HTMLElement
    // a card's own controls keep their keys
    if (element.closest('[data-card]') !== element) return
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (lift?.dropped) setLift(undefined)
    const item = shown.get(active.column)?.[active.index]
    if (isArrow(event.key)) {
      byKey.current = true
      if (lift) moveLifted(lift, neighbour(items, lift.to, event.key))
      else setActive(step(shown, active, event.key))
    } else if (event.key === ' ' && lift) {
      byKey.current = true
      const column = nameOf(lift.to)
      const moved = lift.to !== lift.from && onMove(lift.item, lift.from, lift.to)
      setLift(moved ? { ...lift, dropped: true } : undefined)
      announce(t`Dropped in ${column}`)
    } else if (event.key === ' ' && item && (fixed || !movable(item))) {
      const name = itemLabel(item)
      announce(t`${name}: cannot be moved by you.`)
    } else if (event.key === ' ' && item) {
      setLift({ item, from: active.column, to: active.column, dropped: false })
      const name = itemLabel(item)
      announce(
        t`${name}: lifted. Left and right arrows choose a stage, Space drops, Escape cancels.`,
      )
    } else if (event.key === 'Escape' && lift) {
      byKey.current = true
      moveLifted(lift, lift.from)
      setLift(undefined)
      announce(t`Move cancelled`)
    } else if (event.key === 'Enter' && item && !lift) {
      onOpen(item)
    } else if (event.key === 'x' && item && onChoose && !lift) {
      onChoose(item)
    } else if (event.key === 'e' && item && onEdit && !lift) {
      onEdit(item)
    } else return
    event.preventDefault()
  }

  return { active, setActive, shown, lifted: lift?.item, byKey, onKeyDown }
}

const NONE: readonly never[] = []

/** Without the cards of folded columns: nobody comes to them. */
function unfolded<T extends BoardItem>(
  columns: Columns<T>,
  folded: ReadonlySet<string> | undefined,
): Columns<T> {
  if (!folded?.size) return columns
  return new Map([...columns].map(([id, items]) => [id, folded.has(id) ? NONE : items]))
}

/** The card Tab leads to: the chosen one, or the first there is. */
function reachable(columns: Columns<BoardItem>, chosen: Place | undefined): Place {
  const count = chosen ? (columns.get(chosen.column)?.length ?? 0) : 0
  if (chosen && count > 0) return { ...chosen, index: Math.min(chosen.index, count - 1) }
  const first = [...columns].find(([, items]) => items.length > 0)
  return { column: first?.[0] ?? '', index: 0 }
}
