import { draggable } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter'
import { memo, useEffect, useRef, useState, type ReactNode } from 'react'
import type { BoardItem, Place } from './model'

type Props = {
  board: string
  item: BoardItem
  column: string
  index: number
  reachable: boolean
  lifted: boolean
  fixed: boolean
  label: string
  hint: string
  setActive: (place: Place) => void
  setDragging: (index: number) => void
  onOpen: (item: BoardItem) => void
  renderItem: (item: BoardItem, column: string) => ReactNode
}

/** One card: what is dragged, focused and opened. */
export const BoardCard = memo(function BoardCard(props: Props) {
  const { board, item, column, index, fixed, setActive, setDragging, onOpen } = props
  const ref = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element || fixed) return undefined
    return draggable({
      element,
      getInitialData: () => ({ kind: 'board-item', board, item, column }),
      onDragStart: () => {
        setDragged(true)
        setDragging(index)
      },
      onDrop: () => {
        setDragged(false)
        setDragging(-1)
      },
    })
  }, [board, item, column, index, fixed, setDragging])
  return (
    <div
      ref={ref}
      data-card={item.id}
      className="bd-card"
      data-drag={dragged || undefined}
      data-lifted={props.lifted || undefined}
      tabIndex={props.reachable ? 0 : -1}
      role="group"
      aria-roledescription={props.hint}
      aria-label={props.label}
      onFocus={(event) => {
        if (event.target === event.currentTarget) setActive({ column, index })
      }}
      onClick={(event) => {
        const target = event.target as HTMLElement
        // a card's own controls, and menus drawn outside it, keep their clicks
        if (event.currentTarget.contains(target) && !target.closest('a, button, label, input'))
          onOpen(item)
      }}
    >
      {props.renderItem(item, column)}
    </div>
  )
})
