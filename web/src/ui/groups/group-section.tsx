import { useIntersection } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type MouseEvent } from 'react'
import type { Group, GroupWithSums } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { listQuery, rowsOf, type ReadPage } from '@/shared/lib/list'
import { rowsIn } from '@/shared/lib/long-list'
import type { GridColumn } from '@/ui/data-grid/data-grid'
import { GridRow } from '@/ui/data-grid/row'
import { isPicked, usePick, type GridSelection } from '@/ui/data-grid/selection'
import { Failure } from '@/ui/failure'
import { ShowMore } from '@/ui/show-more'

export type GroupTold = Group & Partial<Pick<GroupWithSums, 'sums'>>

/** A list: its key, and how a page of it is read. */
export type Source<T> = { queryKey: readonly unknown[]; read: ReadPage<T> }

type Props<T> = {
  id: string
  name: string
  group: GroupTold
  groupKey: string
  folded: boolean
  onToggle: () => void
  source: Source<T>
  columns: readonly GridColumn<T>[]
  rowId: (row: T) => string
  onOpen: (row: T) => void
  selection: GridSelection | undefined
  active: string | undefined
}

const ROW = 44
/** The first page of a group, as it is asked for. */
const PAGE = 20

/** How many rows come first: their place is kept, or they would push the next groups down. */
const rowsAtFirst = ({ count }: GroupTold) => Math.min(count, PAGE)

/** A group: its heading with how many it has, and its rows while it is unfolded. */
export function GroupSection<T>(props: Props<T>) {
  const { id, name, group, folded } = props
  const { t } = useLingui()
  const format = useFormat()
  const { ref, entry } = useIntersection({ rootMargin: '400px' })
  const [seen, setSeen] = useState(false)
  if (entry?.isIntersecting && !seen) setSeen(true)
  const number = format.number(group.count)
  const count = group.more ? t`over ${number}` : number
  const sums = group.sums?.map((sum) => format.money(sum)).join(' + ')
  const Arrow = folded ? IconChevronRight : IconChevronDown
  return (
    <div
      ref={ref}
      role="rowgroup"
      className="gr-group"
      data-group={props.groupKey}
      data-folded={folded || undefined}
    >
      <div
        role="presentation"
        className="gr-group-head"
        data-active={props.active === id || undefined}
        onClick={props.onToggle}
      >
        <div id={id} role="row" data-row="">
          <div
            role="gridcell"
            aria-colspan={props.columns.length + (props.selection ? 1 : 0)}
            className="gr-group-told"
          >
            <button type="button" tabIndex={-1} aria-expanded={!folded} aria-label={name}>
              <Arrow size={16} aria-hidden="true" />
              <span className="gr-group-name">{name}</span>
            </button>
            <span className="gr-group-count g-num">{count}</span>
            {sums && <span className="gr-group-sums g-num">{sums}</span>}
          </div>
        </div>
      </div>
      {!folded &&
        (seen || props.active?.startsWith(`${id}-`) ? (
          <Rows {...props} />
        ) : (
          <div style={{ height: ROW * rowsAtFirst(group) }} />
        ))}
    </div>
  )
}

function Rows<T>(props: Props<T>) {
  const { id, group, source, columns, rowId, onOpen, selection, active } = props
  const query = useInfiniteQuery(listQuery(source.queryKey, source.read))
  const rows = rowsOf(query.data)
  const pick = usePick(rowsIn(rows), rowId, selection)
  const coming = Array.from<undefined>({ length: rowsAtFirst(group) })

  function onClick(event: MouseEvent) {
    const target = event.target as HTMLElement
    const clicked = target.closest<HTMLElement>('[data-index]')
    // a row's own links and buttons keep their clicks
    if (!clicked || target.closest('a, button')) return
    const index = Number(clicked.dataset['index'])
    const row = rows[index]
    if (target.closest('[data-pick]')) pick(index, event.shiftKey)
    else if (row !== undefined) onOpen(row)
  }

  if (query.error && !query.data)
    return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div role="presentation" onClick={onClick}>
      {(query.data ? rows : coming).map((row, index) => (
        <GridRow
          key={row === undefined ? index : rowId(row)}
          id={`${id}-${index}`}
          index={index}
          start={0}
          active={active === `${id}-${index}`}
          row={row}
          picked={selection && isPicked(selection, row && rowId(row))}
          columns={columns as readonly GridColumn<unknown>[]}
        />
      ))}
      {query.hasNextPage && (
        <div role="row" className="gr-group-more">
          <div role="gridcell">
            <ShowMore source={query} />
          </div>
        </div>
      )}
    </div>
  )
}
