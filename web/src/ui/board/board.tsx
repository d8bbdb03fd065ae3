import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter'
import { combine } from '@atlaskit/pragmatic-drag-and-drop/utils/combine'
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element'
import { useEffect, useId, useRef, type ReactNode } from 'react'
import './board.css'
import { BoardColumn, type BoardColumnInfo } from './column'
import { useBoardKeys } from './keys'
import type { BoardItem, Columns } from './model'

type BoardProps<T extends BoardItem> = {
  label: string
  columns: readonly BoardColumnInfo[]
  /** The cards known so far, in the server's order; one entry per column. */
  items: Columns<T>
  itemLabel: (item: T) => string
  itemHeight?: number
  /** Columns shown as a stripe with their header alone; their cards are not drawn. */
  folded?: ReadonlySet<string>
  /** A card is asked to be chosen, or not any more, by a key. */
  onChoose?: ((item: T) => void) | undefined
  /** A card is asked to be changed where it stands, by a key. */
  onEdit?: ((item: T) => void) | undefined
  /** Nothing can be moved: the person may look only. */
  fixed?: boolean
  /** Whether this one can be moved by the person. */
  movable: (item: T) => boolean
  renderItem: (item: T, column: string) => ReactNode
  renderHeader: (column: string) => ReactNode
  /** False when nothing was moved (yet): the card goes back. */
  onMove: (item: T, from: string, to: string) => boolean
  onOpen: (item: T) => void
  /** A column is scrolled near the end of what is known of it. */
  onMore: (column: string) => void
}

/**
 * Columns of cards, moved by mouse or by keys: arrows go from card to card, Space lifts, the side
 * arrows choose a column, Space drops, Escape puts back, Enter opens, X chooses, E changes.
 */
export function Board<T extends BoardItem>(props: BoardProps<T>) {
  const { columns, onMove, fixed = false } = props
  const root = useRef<HTMLDivElement>(null)
  const board = useId()
  const keys = useBoardKeys(props)

  useEffect(() => {
    if (!root.current) return undefined
    return combine(
      autoScrollForElements({ element: root.current }),
      monitorForElements({
        // one of several boards on a page hears of its own cards alone
        canMonitor: ({ source }) => source.data['board'] === board,
        onDrop({ source, location }) {
          const over = location.current.dropTargets.find(
            (target) => target.data['kind'] === 'board-column',
          )
          const from = source.data['column'] as string
          const to = over?.data['id'] as string | undefined
          if (to !== undefined && to !== from) onMove(source.data['item'] as T, from, to)
        },
      }),
    )
  }, [onMove, board])

  const empty = columns.every(({ id }) => !keys.shown.get(id)?.length)
  return (
    <div
      ref={root}
      className="bd"
      role="group"
      aria-label={props.label}
      // without a card to go to, the board itself is scrolled by keys
      tabIndex={empty ? 0 : undefined}
      style={{
        gridTemplateColumns: columns
          .map(({ id }) => `var(--bd-${props.folded?.has(id) ? 'folded' : 'open'})`)
          .join(' '),
      }}
      onKeyDown={keys.onKeyDown}
    >
      {columns.map((column) => (
        <BoardColumn
          key={column.id}
          board={board}
          column={column}
          folded={props.folded?.has(column.id) ?? false}
          items={keys.shown.get(column.id) ?? []}
          itemHeight={props.itemHeight ?? 104}
          activeIndex={keys.active.column === column.id ? keys.active.index : -1}
          liftedId={keys.lifted?.id}
          byKey={keys.byKey}
          fixed={fixed}
          setActive={keys.setActive}
          onOpen={props.onOpen as (item: BoardItem) => void}
          onMore={props.onMore}
          movable={props.movable as (item: BoardItem) => boolean}
          itemLabel={props.itemLabel as (item: BoardItem) => string}
          renderItem={props.renderItem as (item: BoardItem, column: string) => ReactNode}
          renderHeader={props.renderHeader}
        />
      ))}
    </div>
  )
}
