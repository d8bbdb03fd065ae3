import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter'
import { combine } from '@atlaskit/pragmatic-drag-and-drop/utils/combine'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { useLingui } from '@lingui/react/macro'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { BoardCard } from './card'
import type { BoardItem, Place } from './model'

export type BoardColumnInfo = {
  id: string
  label: string
  /** More cards can be read from the server. */
  more: boolean
}

type Props = {
  /** Which board it is of. */
  board: string
  folded: boolean
  column: BoardColumnInfo
  items: readonly BoardItem[]
  itemHeight: number
  activeIndex: number
  liftedId: string | undefined
  byKey: RefObject<boolean>
  fixed: boolean
  movable: (item: BoardItem) => boolean
  setActive: (place: Place) => void
  onOpen: (item: BoardItem) => void
  onMore: (column: string) => void
  itemLabel: (item: BoardItem) => string
  renderItem: (item: BoardItem, column: string) => ReactNode
  renderHeader: (column: string) => ReactNode
}

const NONE: readonly BoardItem[] = []
/** How many cards before the end of what is known the next page is asked for. */
const AHEAD = 8

/** One column: its header, and as many of its cards as are in view. */
export const BoardColumn = memo(function BoardColumn(props: Props) {
  const { board, column, itemHeight, activeIndex, byKey, setActive, onMore } = props
  // what is lifted over it is seen all the same
  const folded = props.folded && !props.items.some(({ id }) => id === props.liftedId)
  const items = folded ? NONE : props.items
  const { t } = useLingui()
  const outer = useRef<HTMLElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const [over, setOver] = useState(false)
  const [dragging, setDragging] = useState(-1)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => itemHeight,
    gap: 8,
    overscan: 4,
    paddingStart: 2,
    paddingEnd: 12,
    // the focused and the dragged card stay mounted wherever the column is scrolled to
    rangeExtractor: (range) => {
      const kept = [activeIndex, dragging].filter((index) => index >= 0 && index < range.count)
      return [...new Set([...defaultRangeExtractor(range), ...kept])].sort((a, b) => a - b)
    },
  })
  const visible = rows.getVirtualItems()
  const lastVisible = rows.range?.endIndex ?? -1
  const wanted = !folded && column.more && lastVisible >= items.length - AHEAD

  useEffect(() => {
    if (wanted) onMore(column.id)
  }, [wanted, items.length, column.id, onMore])

  useEffect(() => {
    const [section, list] = [outer.current, scroller.current]
    if (!section) return undefined
    return combine(
      list ? autoScrollForElements({ element: list }) : () => undefined,
      dropTargetForElements({
        element: section,
        getData: () => ({ kind: 'board-column', id: column.id }),
        getIsSticky: () => true,
        canDrop: ({ source }) => source.data['board'] === board,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: () => setOver(false),
      }),
    )
  }, [column.id, board, folded])

  useEffect(() => {
    if (activeIndex < 0 || !byKey.current) return
    byKey.current = false
    rows.scrollToIndex(activeIndex, { align: 'auto' })
    requestAnimationFrame(() => {
      const card = `[data-index="${activeIndex}"] [data-card]`
      const element = outer.current?.querySelector<HTMLElement>(card)
      element?.focus({ preventScroll: true })
      outer.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    })
  }, [activeIndex, items, rows, byKey])

  return (
    <section
      ref={outer}
      className="bd-col"
      data-over={over || undefined}
      data-column={column.id}
      data-folded={folded || undefined}
      aria-label={column.label}
    >
      {props.renderHeader(column.id)}
      {!folded && (
        <div ref={scroller} className="bd-scroll">
          {items.length === 0 && <div className="bd-empty">{t`No deals in this stage`}</div>}
          <ol className="bd-list" style={{ height: rows.getTotalSize() }}>
            {visible.map((row) => {
              const item = items[row.index]
              if (!item) return null
              return (
                <li
                  key={item.id}
                  data-index={row.index}
                  className="bd-item"
                  style={{ transform: `translateY(${row.start}px)`, height: itemHeight }}
                >
                  <BoardCard
                    item={item}
                    board={board}
                    column={column.id}
                    index={row.index}
                    reachable={row.index === activeIndex}
                    lifted={item.id === props.liftedId}
                    fixed={props.fixed || !props.movable(item)}
                    label={props.itemLabel(item)}
                    hint={t`card`}
                    setActive={setActive}
                    setDragging={setDragging}
                    onOpen={props.onOpen}
                    renderItem={props.renderItem}
                  />
                </li>
              )
            })}
          </ol>
        </div>
      )}
    </section>
  )
})
