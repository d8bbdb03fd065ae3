import { useLingui } from '@lingui/react/macro'
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
  /** Whether it is chosen; absent where rows are not. */
  picked?: boolean | undefined
  columns: readonly GridColumn<unknown>[]
}

/** One row; while one scrolls, those that stay in view are not drawn again. */
export const GridRow = memo(function GridRow(props: Props) {
  const { id, index, start, active, row, picked, columns } = props
  const { t } = useLingui()
  return (
    <div
      id={id}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={picked ?? active}
      data-active={active || undefined}
      className="gr-row"
      style={{ transform: `translateY(${start}px)` }}
    >
      {picked !== undefined && (
        <div role="gridcell" className="gr-td gr-pick" data-pick="">
          <input type="checkbox" tabIndex={-1} checked={picked} readOnly aria-label={t`Select`} />
        </div>
      )}
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
