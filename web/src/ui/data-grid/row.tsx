import { memo } from 'react'
import type { GridColumn } from './data-grid'

type Props = {
  id: string
  index: number
  /** Pixels from the top of the list. */
  start: number
  active: boolean
  /** Nothing while it is being read again. */
  row: unknown
  columns: readonly GridColumn<unknown>[]
}

/** One row; while one scrolls, those that stay in view are not drawn again. */
export const GridRow = memo(function GridRow({ id, index, start, active, row, columns }: Props) {
  return (
    <div
      id={id}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      data-active={active || undefined}
      className="gr-row"
      style={{ transform: `translateY(${start}px)` }}
    >
      {columns.map((column) => (
        <div
          role="gridcell"
          className="gr-td"
          data-num={column.numeric || undefined}
          key={column.id}
        >
          {row === undefined ? <span className="gr-skeleton" /> : column.cell(row)}
        </div>
      ))}
    </div>
  )
})
