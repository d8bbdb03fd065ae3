import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import type { Rows } from '@/shared/lib/long-list'
import { DataGrid, type GridColumn, type GridSource } from '@/ui/data-grid/data-grid'
import { EmptyState, type IconType } from '@/ui/empty-state'
import { Page } from '@/ui/page'
import { SearchInput } from '@/ui/search-input'
import { useKey } from '@/ui/use-key'

/** The search and the order as they stand in the address. */
export type RecordsSearch = { q?: string | undefined; sort?: string | undefined }

type Props<T> = {
  title: string
  icon: IconType
  searchLabel: string
  /** Absent when the person may not create. */
  create: { verb: string; run: () => void } | undefined
  emptyTitle: string
  emptyText: string
  columns: readonly GridColumn<T>[]
  rows: Rows<T>
  source: GridSource
  changed: boolean
  anew: () => void
  sort: string
  search: RecordsSearch
  onSearch: (search: RecordsSearch) => void
  onOpen: (row: T) => void
}

/** A list of companies or of people: search, order, open, create. */
export function RecordsPage<T extends { id: string }>(props: Props<T>) {
  const { create, search, onSearch } = props
  const { t } = useLingui()
  useKey('n', () => create?.run())
  const button = create && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.run}>
      {create.verb}
    </Button>
  )
  return (
    <Page
      fixed
      title={props.title}
      filters={
        <SearchInput
          label={props.searchLabel}
          value={search.q ?? ''}
          onSearch={(q) => onSearch({ ...search, q: q || undefined })}
        />
      }
      actions={button}
    >
      <div className="g-fill">
        <DataGrid
          label={props.title}
          columns={props.columns}
          rows={props.rows}
          changed={props.changed}
          anew={props.anew}
          rowId={(row) => row.id}
          source={props.source}
          sort={props.sort}
          onSort={(sort) => onSearch({ ...search, sort })}
          onOpen={props.onOpen}
          empty={
            <EmptyState
              icon={props.icon}
              title={search.q ? t`Nothing found` : props.emptyTitle}
              text={search.q ? t`Try fewer letters, or another word.` : props.emptyText}
              action={search.q ? undefined : button}
            />
          }
        />
      </div>
    </Page>
  )
}
