import './grouped-grid.css'
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ConditionTold } from '@/shared/condition-words'
import { keyset, rowsOf, type ReadPage } from '@/shared/lib/list'
import type { GridColumn } from '@/ui/data-grid/data-grid'
import { GridHead } from '@/ui/data-grid/head'
import type { GridSelection } from '@/ui/data-grid/selection'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { useFolded } from '@/ui/use-folded'
import { useGroupName, type Of } from './fields'
import { GroupSection, type GroupTold, type Source } from './group-section'

/** How a list is read in groups. */
export type Groups<T> = {
  by: string
  queryKey: readonly unknown[]
  read: ReadPage<GroupTold>
  /** The list of one group. */
  rows: (condition: ConditionTold) => Source<T>
}

export type GroupedGridProps<T> = {
  of: Of
  label: string
  columns: readonly GridColumn<T>[]
  groups: Groups<T>
  rowId: (row: T) => string
  sort: string
  onSort: (sort: string) => void
  onOpen: (row: T) => void
  selection?: GridSelection | undefined
  empty: ReactNode
}

const PICK = '40px '
const ROWS = '[data-row], [data-index]'

/**
 * A table in groups, each folded or unfolded, its rows read as it comes into view. Arrows choose a
 * row or a heading; left and right fold and unfold it, Enter opens it, Space chooses it.
 */
export function GroupedGrid<T>(props: GroupedGridProps<T>) {
  const { of, columns, groups, sort, selection } = props
  const { t } = useLingui()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<string>()
  const [folded, toggle] = useFolded(`groups.${of.kind}.${groups.by}`)
  const nameOf = useGroupName(of, groups.by)
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const shown = useMemo(
    () => (phone ? columns.filter((column) => column.narrow) : columns),
    [phone, columns],
  )
  const tracks = shown.map((column) => (phone && column.narrow) || column.width).join(' ')
  const found = useInfiniteQuery({
    queryKey: groups.queryKey,
    queryFn: ({ pageParam, signal }) => groups.read(pageParam, signal),
    ...keyset,
  })
  const told = rowsOf(found.data)

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget) return
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>(ROWS)]
    const at = all.findIndex((row) => row.id === active)
    const row = all[at]
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to !== undefined) {
      const next = all[Math.max(0, Math.min(to, all.length - 1))]
      setActive(next?.id)
      next?.scrollIntoView({ block: 'nearest' })
    } else if (row && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const group = row.closest<HTMLElement>('[data-group]')
      const isFolded = group?.dataset['folded'] !== undefined
      if (group && isFolded === (event.key === 'ArrowRight')) {
        toggle(group.dataset['group'] ?? '')
        setActive(group.querySelector(ROWS)?.id)
      }
    } else if (row && event.key === 'Enter') row.click()
    else if (row && event.key === ' ') {
      const box = row.querySelector<HTMLElement>('[data-pick]') ?? row
      box.click()
    } else return
    event.preventDefault()
  }

  if (found.error && !found.data) {
    return (
      <div className="gr">
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </div>
    )
  }
  if (!found.data) return <ListSkeleton rows={8} />
  if (told.length === 0 && !found.hasNextPage) return <div className="gr">{props.empty}</div>
  return (
    <div
      className="gr"
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={-1}
      aria-colcount={shown.length + (selection ? 1 : 0)}
      aria-multiselectable={selection ? true : undefined}
      aria-busy={found.isFetching}
      aria-activedescendant={active}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--gr-cols': (selection ? PICK : '') + tracks } as Record<string, string>}
    >
      <GridHead columns={shown} sort={sort} onSort={props.onSort} selection={selection} />
      {told.map((group, at) => {
        const key = group.others ? 'others' : JSON.stringify(group.key)
        return (
          <GroupSection
            key={key}
            id={`${id}-${at}`}
            name={nameOf(group)}
            group={group}
            groupKey={key}
            folded={folded.has(key)}
            onToggle={() => toggle(key)}
            source={groups.rows(group.condition as ConditionTold)}
            columns={shown}
            rowId={props.rowId}
            onOpen={props.onOpen}
            selection={selection}
            active={active}
          />
        )
      })}
      {found.hasNextPage && (
        <div role="row" className="gr-group-more">
          <div role="gridcell">
            <Button
              size="compact-sm"
              variant="subtle"
              loading={found.isFetchingNextPage}
              onClick={() => void found.fetchNextPage()}
            >
              {t`More groups`}
            </Button>
          </div>
        </div>
      )}
    </div>
  )
}
