import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconListDetails, IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, type ComponentProps } from 'react'
import type { Deal } from '@/shared/api/generated/model'
import { dealGroups } from '@/shared/api/generated/sales'
import { useRun } from '@/shared/commands'
import { joined, partsOf } from '@/shared/conditions'
import { useFormat } from '@/shared/i18n/format'
import { given } from '@/shared/lib/list'
import { useLongList } from '@/shared/lib/long-list'
import { stageOf, useMay, usePipelines } from '@/shared/reference'
import { Shown } from '@/ui/hidden'
import { DataGrid, type GridColumn } from '@/ui/data-grid/data-grid'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { useCustomColumns } from '@/ui/custom-columns'
import { EmptyState } from '@/ui/empty-state'
import { ExportButton } from '@/ui/export/export-button'
import { LazyGroupedGrid } from '@/ui/groups/lazy-grid'
import { ImportLink } from '@/ui/import-link'
import { useMass } from '@/ui/mass/use-mass'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag, type Tone } from '@/ui/tag'
import { useKey } from '@/ui/use-key'
import { chosenColumns, ColumnsMenu, useReadable } from '@/ui/views/columns-menu'
import { useListView, type ListView } from '@/ui/views/use-list-view'
import { NextStep } from './deal-card'
import { cleared, DealsFilters } from './deals-filters'
import { type DealsSearch, folded, paramsOf, unfolded } from './deals-search'
import { dealKeys, dealsQuery } from './queries'

type Props = { search: DealsSearch; onSearch: (search: DealsSearch) => void }

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
  const sort = search.sort ?? NEWEST
  const columns = useReadable('sales.deal', useDealColumns())
  const shown = useMemo(() => chosenColumns(columns, search.columns), [columns, search.columns])
  const { selection, bar } = useMass('deal', view.state)
  const create = () => run('deals.create')
  useKey('n', () => mayCreate && create())
  const narrowed = Object.keys(paramsOf(search)).length > 0

  return (
    <Page
      fixed
      title={t`Deals`}
      heading={view.heading}
      actions={
        <>
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

function useDealColumns(): GridColumn<Deal>[] {
  const { t } = useLingui()
  const format = useFormat()
  const pipelines = usePipelines()
  const added = useCustomColumns<Deal>('deal')
  return useMemo(
    () => [
      {
        id: 'title',
        header: t`Title`,
        width: 'minmax(200px,2fr)',
        narrow: 'minmax(0,1.5fr)',
        sort: 'title',
        cell: (deal) => (
          <Link to="/deals/$id" params={{ id: deal.id }} className="g-link" tabIndex={-1}>
            <b style={{ fontWeight: 540 }}>{deal.title}</b>
          </Link>
        ),
      },
      {
        id: 'company',
        header: t`Company`,
        width: 'minmax(150px,1.5fr)',
        field: 'company_id',
        cell: (deal) => (
          <Shown of={deal} field="company_id">
            {deal.company?.name ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'stage',
        header: t`Stage`,
        width: 'minmax(150px,1.1fr)',
        narrow: 'minmax(0,1fr)',
        cell: (deal) => {
          const stage = stageOf(pipelines, deal.stage_id)
          return stage && <Tag tone={stage.tone as Tone}>{stage.name}</Tag>
        },
      },
      {
        id: 'worth',
        header: t`Sum`,
        width: '130px',
        narrow: 'minmax(0,1fr)',
        numeric: true,
        sort: 'amount',
        field: 'worth',
        cell: (deal) => (
          <Shown of={deal} field="worth">
            {deal.worth ? format.money(deal.worth) : '—'}
          </Shown>
        ),
      },
      {
        id: 'expected',
        header: t`Expected on`,
        width: '124px',
        numeric: true,
        sort: 'expected_on',
        field: 'expected_on',
        cell: (deal) => (
          <Shown of={deal} field="expected_on">
            {deal.expected_on ? format.date(deal.expected_on) : '—'}
          </Shown>
        ),
      },
      {
        id: 'next',
        header: t`Next step`,
        width: '124px',
        cell: (deal) => <NextStep deal={deal} />,
      },
      {
        id: 'owner',
        header: t`Owner`,
        width: 'minmax(130px,1fr)',
        cell: (deal) => deal.owner.name ?? '—',
      },
      {
        id: 'created',
        header: t`Created`,
        width: '124px',
        numeric: true,
        sort: 'created_at',
        cell: (deal) => format.date(deal.created_at),
      },
      ...added,
    ],
    [t, format, pipelines, added],
  )
}
