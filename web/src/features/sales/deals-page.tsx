import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconListDetails, IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, type ComponentProps } from 'react'
import type { Deal } from '@/shared/api/generated/model'
import { dealGroups } from '@/shared/api/generated/sales'
import { useRun } from '@/shared/commands'
import { joined, partsOf } from '@/shared/conditions'
import { given } from '@/shared/lib/list'
import { useLongList } from '@/shared/lib/long-list'
import { useMay } from '@/shared/reference'
import { DataGrid } from '@/ui/data-grid/data-grid'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { EmptyState } from '@/ui/empty-state'
import { ExportButton } from '@/ui/export/export-button'
import { LazyGroupedGrid } from '@/ui/groups/lazy-grid'
import { ImportLink } from '@/ui/import-link'
import { useMass } from '@/ui/mass/use-mass'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useKey } from '@/ui/use-key'
import { chosenColumns, ColumnsMenu, useReadable } from '@/ui/views/columns-menu'
import { useListView, type ListView } from '@/ui/views/use-list-view'
import { cleared, DealsFilters } from './deals-filters'
import { useDealColumns } from './deals-columns'
import { type DealsSearch, folded, paramsOf, unfolded } from './deals-search'
import { dealKeys, dealsQuery } from './queries'
import { ShownAs } from './shown-as'

type Props = { search: DealsSearch; onSearch: (search: DealsSearch) => void }

const DealsCalendar = lazy(() =>
  import('./deals-calendar').then((part) => ({ default: part.DealsCalendar })),
)

const OF = { object: 'sales.deal', kind: 'deal' } as const
const rowId = (deal: Deal) => deal.id
const NEWEST = '-created_at'

/** All deals one may see, narrowed down by what is in the address. */
export function DealsPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const view = useListView(t`Deals`, 'deal', folded(search), (next) => onSearch(unfolded(next)))
  return view ? <Deals view={view} /> : <ListSkeleton />
}

function Deals({ view }: { view: ListView }) {
  const { t } = useLingui()
  const search = unfolded(view.state)
  const onSearch = (next: DealsSearch) => view.onState(folded(next))
  const run = useRun()
  const navigate = useNavigate()
  const mayCreate = useMay('sales.deal', 'create')
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const sort = search.sort ?? NEWEST
  const columns = useReadable('sales.deal', useDealColumns())
  const shown = useMemo(() => chosenColumns(columns, search.columns), [columns, search.columns])
  const { selection, bar } = useMass('deal', view.state)
  const create = () => run('deals.create')
  useKey('n', () => mayCreate && create())
  const narrowed = Object.keys(paramsOf(search)).length > 0

  return (
    <Page
      fixed={!search.calendar}
      title={t`Deals`}
      heading={view.heading}
      actions={
        <>
          {!phone && <ShownAs search={search} onSearch={onSearch} />}
          <ImportLink kind="deals" />
          <DeletedLink kind="deal" />
          <ColumnsMenu
            columns={columns}
            chosen={search.columns}
            onChange={(chosen) => onSearch({ ...search, columns: chosen })}
          />
          <ExportButton kind="deal" state={view.state} shown={shown} />
          {mayCreate && (
            <Button leftSection={<IconPlus size={16} />} onClick={create}>
              {t`New deal`}
            </Button>
          )}
        </>
      }
    >
      {view.notice}
      <DealsFilters search={search} onSearch={onSearch} />
      {bar}
      {search.calendar ? (
        <Suspense fallback={<ListSkeleton />}>
          <DealsCalendar search={search} by={search.calendar} onSearch={onSearch} />
        </Suspense>
      ) : (
        <div className="g-fill">
          <DealsTable
            search={search}
            label={t`Deals`}
            columns={shown}
            rowId={rowId}
            selection={selection}
            sort={sort}
            onSort={(next) => onSearch({ ...search, sort: next === NEWEST ? undefined : next })}
            onOpen={(deal) => void navigate({ to: '/deals/$id', params: { id: deal.id } })}
            empty={
              <EmptyState
                icon={IconListDetails}
                title={narrowed ? t`No deals like this` : t`No deals yet`}
                text={
                  narrowed
                    ? t`Loosen a filter, or clear them all.`
                    : t`Deals appear here as soon as somebody opens one.`
                }
                action={
                  narrowed ? (
                    <Button variant="default" onClick={() => onSearch(cleared(search))}>
                      {t`Clear the filters`}
                    </Button>
                  ) : (
                    mayCreate && <Button onClick={create}>{t`New deal`}</Button>
                  )
                }
              />
            }
          />
        </div>
      )}
    </Page>
  )
}

type TableProps = Omit<ComponentProps<typeof DataGrid<Deal>>, 'rows' | 'source'> & {
  search: DealsSearch
}

/** The rows of a list, in groups where it is asked for them. */
function DealsTable({ search, ...table }: TableProps) {
  const by = search.group
  if (!by) return <DealsRows search={search} {...table} />
  const params = paramsOf(search)
  return (
    <LazyGroupedGrid
      {...table}
      of={OF}
      groups={{
        by,
        queryKey: [...dealKeys.groups, { ...params, by }],
        read: (after, signal) => dealGroups({ by, ...given({ ...params, after }) }, { signal }),
        rows: (condition) => {
          const filter = joined([...partsOf(search.filter), condition])
          return dealsQuery({ ...paramsOf({ ...search, filter }), sort: table.sort, limit: 20 })
        },
      }}
    />
  )
}

function DealsRows({ search, ...table }: TableProps) {
  const list = useLongList<Deal>(dealsQuery({ ...paramsOf(search), sort: table.sort }))
  return <DataGrid {...table} {...list} />
}
