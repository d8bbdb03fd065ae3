import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useLingui } from '@lingui/react/macro'
import type { GridColumn } from './data-grid'
import type { GridSelection } from './selection'

type Column = Pick<GridColumn<never>, 'id' | 'header' | 'numeric' | 'sort'>
type Props = {
  columns: readonly Column[]
  sort: string
  onSort: (sort: string) => void
  selection?: GridSelection | undefined
}

/** The headings; those with an order sort by it, and the other way at the second click. */
export function GridHead({ columns, sort, onSort, selection }: Props) {
  const { t } = useLingui()
  const falling = sort.startsWith('-')
  const by = falling ? sort.slice(1) : sort
  return (
    <div role="rowgroup" className="gr-headgroup">
      <div className="gr-head" role="row" aria-rowindex={1}>
        {selection && (
          <div role="columnheader" className="gr-th gr-pick">
            <input
              type="checkbox"
              aria-label={t`Select all that are found`}
              checked={selection.all}
              ref={(box) => {
                if (box) box.indeterminate = !selection.all && selection.count > 0
              }}
              onChange={selection.all || selection.count > 0 ? selection.onClear : selection.onAll}
            />
          </div>
        )}
        {columns.map((column) => {
          const on = column.sort !== undefined && column.sort === by
          const Arrow = falling ? IconArrowDown : IconArrowUp
          return (
            <div
              key={column.id}
              role="columnheader"
              className="gr-th"
              data-num={column.numeric || undefined}
              aria-sort={on ? (falling ? 'descending' : 'ascending') : undefined}
            >
              {column.sort === undefined ? (
                column.header
              ) : (
                <button
                  type="button"
                  onClick={() => onSort(on && !falling ? `-${by}` : (column.sort ?? ''))}
                >
                  {column.header}
                  {on && <Arrow size={13} aria-hidden="true" />}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
