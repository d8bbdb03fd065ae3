import { Button, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react'
import type { Rows } from '@/shared/lib/long-list'
import { Failure } from '@/ui/failure'
import './data-grid.css'
import { GridHead } from './head'
import { GridRow } from './row'
import { isPicked, usePick, type GridSelection } from './selection'

export type GridColumn<T> = {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** A track of a CSS grid. */
  width: string
  /** Its track on a phone; a column without one is not shown there. Give it to three at most. */
  narrow?: string
  numeric?: boolean
  /** The API's name of this order. */
  sort?: string
  /** What it tells, as rights call it: whose roles never show that has no such column. */
  field?: string
  /** It is shown when it was chosen, and not otherwise. */
  optional?: boolean
}

/** What a grid needs of an endless query; pages are fetched as one scrolls. */
export type GridSource = {
  isPending: boolean
  isFetching: boolean
  /** The rows are those of the question before: an answer to this one is on its way. */
  isPlaceholderData: boolean
  error: unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
  refetch: () => unknown
}

type Props<T> = {
  label: string
  columns: readonly GridColumn<T>[]
  rows: Rows<T>
  rowId: (row: T) => string
  source: GridSource
  /** As the API takes it: `-created_at` is newest first. */
  sort: string
  onSort: (sort: string) => void
  onOpen: (row: T) => void
  /** Others have changed the list; `anew` reads it from its beginning. */
  changed?: boolean
  anew?: () => void
  /** Absent where rows are not chosen. */
  selection?: GridSelection | undefined
  empty: ReactNode
}

const ROW = 44
/** How many rows before the end of what is known the next page is asked for, at most. */
const AHEAD = 400
const PICK = '40px '
const SHAPES = Array.from({ length: 12 }, (_, index) => index)

/**
 * A table read by keyset: no totals, the next page follows the last row in view. Arrows choose a
 * row, Enter opens it, Space chooses it.
 */
export function DataGrid<T>(props: Props<T>) {
  const { columns, rows, rowId, source, sort, onOpen, selection } = props
  const { t } = useLingui()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const pick = usePick(rows, rowId, selection)
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const shown = useMemo(
    () => (phone ? columns.filter((column) => column.narrow) : columns),
    [phone, columns],
  )
  const tracks = shown.map((column) => (phone && column.narrow) || column.width).join(' ')
  const template = (selection ? PICK : '') + tracks
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: ROW,
    rangeExtractor: (range) => {
      const kept = active >= 0 && active < range.count ? [active] : []
      return [...new Set([...defaultRangeExtractor(range), ...kept])].sort((a, b) => a - b)
    },
  })
  const last = virtual.range?.endIndex ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error } = source
  // the farther one has come, the farther ahead it is read
  const ahead = Math.min(rows.count >> 2, AHEAD)
  const wanted = hasNextPage && !isFetchingNextPage && !error && last >= rows.count - ahead

  // each page asks anew: one that is here at once leaves `wanted` as it was
  useEffect(() => {
    if (wanted) fetchNextPage()
  }, [wanted, rows.count, fetchNextPage])

  const first = virtual.range?.startIndex ?? 0
  const { onRange } = rows
  useEffect(() => onRange(first, last), [onRange, first, last])

  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
  }, [sort])

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget) return
    const chosen = rows.at(active)
    const end = rows.count - 1
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: end,
      PageDown: active + 10,
      PageUp: active - 10,
    }[event.key]
    if (to !== undefined) {
      const next = Math.max(0, Math.min(to, end))
      setActive(next)
      virtual.scrollToIndex(next, { align: 'auto' })
      event.preventDefault()
    } else if (event.key === 'Enter' && chosen !== undefined && !source.isPlaceholderData) {
      onOpen(chosen)
    } else if (event.key === ' ' && selection && chosen !== undefined) {
      pick(active, event.shiftKey)
      event.preventDefault()
    }
  }

  function onClick(event: MouseEvent) {
    const target = event.target as HTMLElement
    const clicked = target.closest<HTMLElement>('[data-index]')
    // a row's own links and buttons keep their clicks
    if (!clicked || target.closest('a, button')) return
    const index = Number(clicked.dataset['index'])
    if (target.closest('[data-pick]')) {
      pick(index, event.shiftKey)
      return
    }
    const row = rows.at(index)
    if (row !== undefined) onOpen(row)
  }

  if (error && rows.count === 0) {
    return (
      <div className="gr">
        <Failure error={error} onRetry={() => source.refetch()} />
      </div>
    )
  }
  if (!source.isPending && rows.count === 0) return <div className="gr">{props.empty}</div>
  return (
    <div
      className="gr"
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={hasNextPage ? -1 : rows.count + 1}
      aria-colcount={shown.length + (selection ? 1 : 0)}
      aria-multiselectable={selection ? true : undefined}
      aria-busy={source.isFetching}
      data-old={source.isPlaceholderData || undefined}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--gr-cols': template } as Record<string, string>}
    >
      {props.changed && (
        <div className="gr-changed" role="status">
          {t`The list has changed.`}
          <Button size="compact-xs" variant="default" onClick={props.anew}>
            {t`Show it anew`}
          </Button>
        </div>
      )}
      <GridHead columns={shown} sort={sort} onSort={props.onSort} selection={selection} />
      {source.isPending && (
        <div role="rowgroup" className="gr-body" style={{ height: ROW * SHAPES.length }}>
          {SHAPES.map((line) => (
            <div
              key={line}
              role="row"
              className="gr-row"
              style={{ transform: `translateY(${line * ROW}px)` }}
            >
              {selection && <div role="gridcell" className="gr-td" />}
              {shown.map((column) => (
                <div role="gridcell" className="gr-td" key={column.id}>
                  <span className="gr-skeleton" />
                </div>
              ))}
            </div>
          ))}
        </div>
      )}
      <div
        role="rowgroup"
        className="gr-body"
        style={{ height: virtual.getTotalSize() }}
        onClick={onClick}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows.at(index)
          return (
            <GridRow
              key={row === undefined ? index : rowId(row)}
              id={`${id}-${index}`}
              index={index}
              start={start}
              active={index === active}
              row={row}
              picked={selection && isPicked(selection, row && rowId(row))}
              columns={shown as readonly GridColumn<unknown>[]}
            />
          )
        })}
      </div>
      {error !== null && error !== undefined && (
        <Group role="alert" p="sm" gap="sm">
          <Text size="sm" c="var(--g-danger)">
            {t`The next rows could not be read.`}
          </Text>
          <Button size="xs" variant="default" onClick={() => void source.fetchNextPage()}>
            {t`Try again`}
          </Button>
        </Group>
      )}
    </div>
  )
}
