import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, type ReactNode } from 'react'
import type { ConditionTold } from '@/shared/condition-words'
import { joined, partsOf } from '@/shared/conditions'
import type { CustomerKind } from '@/shared/labels'
import type { Rows } from '@/shared/lib/long-list'
import type { RightsObject } from '@/shared/reference'
import { AddCondition, ConditionChips } from '@/ui/conditions/filter-bar'
import { DataGrid, type GridColumn, type GridSource } from '@/ui/data-grid/data-grid'
import { EmptyState, type IconType } from '@/ui/empty-state'
import { ExportButton } from '@/ui/export/export-button'
import { useMass } from '@/ui/mass/use-mass'
import { Page } from '@/ui/page'
import { chosenColumns, ColumnsMenu, useReadable } from '@/ui/views/columns-menu'
import type { ListView } from '@/ui/views/use-list-view'
import { SearchInput } from '@/ui/search-input'
import { useKey } from '@/ui/use-key'
import { PutIntoSegment } from './put-into-segment'

type Props<T> = {
  title: string
  /** What its filter is asked of. */
  of: { object: RightsObject; kind: CustomerKind }
  icon: IconType
  searchLabel: string
  /** Absent when the person may not create. */
  create: { verb: string; run: () => void } | undefined
  /** What else is offered beside it. */
  more?: ReactNode
  emptyTitle: string
  emptyText: string
  columns: readonly GridColumn<T>[]
  rows: Rows<T>
  source: GridSource
  changed: boolean
  anew: () => void
  sort: string
  view: ListView
  onOpen: (row: T) => void
}

/** A list of companies or of people: search, filter, order, open, create. */
export function RecordsPage<T extends { id: string }>(props: Props<T>) {
  const { create, of } = props
  const columns = useReadable(of.object, props.columns)
  const { state: search, onState: onSearch, heading, notice } = props.view
  const { t } = useLingui()
  useKey('n', () => create?.run())
  const { selection, bar } = useMass(of.kind, search, {
    beside: (chosen, done) => <PutIntoSegment kind={of.kind} of={chosen} onDone={done} />,
  })
  const button = create && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.run}>
      {create.verb}
    </Button>
  )
  const shown = useMemo(() => chosenColumns(columns, search.columns), [columns, search.columns])
  const parts = partsOf(search.filter)
  const narrow = (next: readonly ConditionTold[]) => onSearch({ ...search, filter: joined(next) })
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
      <ConditionChips {...of} parts={parts} onChange={narrow} onClear={() => narrow([])} />
      {bar}
      <div className="g-fill">
        <DataGrid
          label={props.title}
          columns={shown}
          rows={props.rows}
          changed={props.changed}
          anew={props.anew}
          rowId={(row) => row.id}
          source={props.source}
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
