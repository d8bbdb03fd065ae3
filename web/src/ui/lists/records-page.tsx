import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, type ComponentProps, type ReactNode } from 'react'
import type { ConditionTold } from '@/shared/condition-words'
import { filterOf, joined, partsOf } from '@/shared/conditions'
import type { Selection, ViewKind } from '@/shared/api/generated/model'
import { given, type ReadPage } from '@/shared/lib/list'
import { useLongList } from '@/shared/lib/long-list'
import type { RightsObject } from '@/shared/reference'
import { AddCondition, ConditionChips } from '@/ui/conditions/filter-bar'
import { DataGrid, type GridColumn } from '@/ui/data-grid/data-grid'
import { GroupMenu } from '@/ui/groups/group-menu'
import { LazyGroupedGrid } from '@/ui/groups/lazy-grid'
import type { GroupTold, Source } from '@/ui/groups/group-section'
import { EmptyState, type IconType } from '@/ui/empty-state'
import { ExportButton } from '@/ui/export/export-button'
import { useMass } from '@/ui/mass/use-mass'
import { Page } from '@/ui/page'
import { chosenColumns, ColumnsMenu, useReadable } from '@/ui/views/columns-menu'
import type { ListView } from '@/ui/views/use-list-view'
import { SearchInput } from '@/ui/search-input'
import { useKey } from '@/ui/use-key'

type Props<T> = {
  title: string
  /** What its filter is asked of. */
  of: { object: RightsObject; kind: ViewKind }
  icon: IconType
  searchLabel: string
  /** Absent when the person may not create. */
  create: { verb: string; run: () => void } | undefined
  /** What else is offered beside it. */
  more?: ReactNode
  /** What else can be done with what is chosen, or with all that are found. */
  beside?: (of: Selection, done: () => void) => ReactNode
  /** Controls of its own for some questions, which are not told a second time. */
  controls?: Controls
  emptyTitle: string
  emptyText: string
  columns: readonly GridColumn<T>[]
  /** The list as it is asked for, and its groups. */
  list: (asked: Asked & { limit?: number }) => Source<T>
  groups: { key: readonly unknown[]; read: ReadGroups }
  sort: string
  view: ListView
  onOpen: (row: T) => void
}

export type Controls = {
  shown: (parts: readonly ConditionTold[], onChange: Narrow) => ReactNode
  has: (part: ConditionTold) => boolean
}
export type Narrow = (parts: readonly ConditionTold[]) => void

type Asked = { q?: string; filter?: string; sort?: string }
type ReadGroups = (
  asked: Asked & { by: string; after?: string },
  signal: AbortSignal,
) => ReturnType<ReadPage<GroupTold>>

/** A list with views: search, filter, order, groups, open, create, many at once. */
export function RecordsPage<T extends { id: string }>(props: Props<T>) {
  const { create, of, controls } = props
  const columns = useReadable(of.object, props.columns)
  const { state: search, onState: onSearch, heading, notice } = props.view
  const { t } = useLingui()
  useKey('n', () => create?.run())
  const { selection, bar } = useMass(of.kind, search, given({ beside: props.beside }))
  const button = create && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.run}>
      {create.verb}
    </Button>
  )
  const shown = useMemo(() => chosenColumns(columns, search.columns), [columns, search.columns])
  const parts = partsOf(search.filter)
  const narrow: Narrow = (next) => onSearch({ ...search, filter: joined(next) })
  const told = parts.filter((part) => !controls?.has(part))
  const kept = parts.filter((part) => controls?.has(part))
  const narrowed = search.q || parts.length > 0
  function emptyText() {
    if (parts.length > 0) return t`Loosen a filter, or clear them all.`
    return search.q ? t`Try fewer letters, or another word.` : props.emptyText
  }
  const clear = () => onSearch({ ...search, q: undefined, filter: undefined })
  return (
    <Page
      fixed
      title={props.title}
      heading={heading}
      filters={
        <>
          <SearchInput
            label={props.searchLabel}
            value={search.q ?? ''}
            onSearch={(q) => onSearch({ ...search, q: q || undefined })}
          />
          {controls?.shown(parts, narrow)}
          <GroupMenu
            of={of}
            by={search.group}
            onChange={(group) => onSearch({ ...search, group })}
          />
          <AddCondition {...of} onAdd={(part) => narrow([...parts, part])} />
          <ColumnsMenu
            columns={columns}
            chosen={search.columns}
            onChange={(chosen) => onSearch({ ...search, columns: chosen })}
          />
        </>
      }
      actions={
        <>
          {props.more}
          <ExportButton kind={of.kind} state={search} shown={shown} />
          {button}
        </>
      }
    >
      {notice}
      <ConditionChips
        {...of}
        parts={told}
        onChange={(next) => narrow([...kept, ...next])}
        onClear={() => narrow([])}
      />
      {bar}
      <div className="g-fill">
        <RecordsTable
          of={of}
          asked={given({ q: search.q, filter: filterOf(parts), sort: props.sort })}
          parts={parts}
          by={search.group}
          list={props.list}
          groups={props.groups}
          label={props.title}
          columns={shown}
          rowId={(row) => row.id}
          sort={props.sort}
          onSort={(sort) => onSearch({ ...search, sort })}
          onOpen={props.onOpen}
          selection={selection}
          empty={
            <EmptyState
              icon={props.icon}
              title={narrowed ? t`Nothing found` : props.emptyTitle}
              text={emptyText()}
              action={
                parts.length > 0 ? (
                  <Button variant="default" onClick={clear}>
                    {t`Clear the filters`}
                  </Button>
                ) : (
                  !narrowed && button
                )
              }
            />
          }
        />
      </div>
    </Page>
  )
}

type TableProps<T> = Omit<ComponentProps<typeof DataGrid<T>>, 'rows' | 'source'> &
  Pick<Props<T>, 'of' | 'list' | 'groups'> & {
    asked: Asked
    parts: readonly ConditionTold[]
    by: string | undefined
  }

/** The rows of a list, in groups where it is asked for them. */
function RecordsTable<T extends { id: string }>(props: TableProps<T>) {
  const { of, list, groups, asked, parts, by, ...table } = props
  if (!by) return <RecordRows {...table} source={list(asked)} />
  const { q, filter } = asked
  const question = { ...given({ q, filter }), by }
  return (
    <LazyGroupedGrid
      {...table}
      of={of}
      groups={{
        by,
        queryKey: [...groups.key, question],
        read: (after, signal) => groups.read({ ...question, ...given({ after }) }, signal),
        rows: (condition) =>
          list({ ...asked, ...given({ filter: filterOf([...parts, condition]) }), limit: 20 }),
      }}
    />
  )
}

type RowsProps<T> = Omit<ComponentProps<typeof DataGrid<T>>, 'rows' | 'source'> & {
  source: Source<T>
}

function RecordRows<T>({ source, ...table }: RowsProps<T>) {
  return <DataGrid {...table} {...useLongList(source)} />
}
