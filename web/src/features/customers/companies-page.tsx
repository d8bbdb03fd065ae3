import { Avatar, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconBuilding } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { companyGroups } from '@/shared/api/generated/customers'
import type { Company } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { useFormat } from '@/shared/i18n/format'
import { useMay } from '@/shared/reference'
import type { ListSearch } from '@/shared/views'
import { useCustomColumns } from '@/ui/custom-columns'
import { Shown } from '@/ui/hidden'
import { ImportLink } from '@/ui/import-link'
import { RecordsPage } from '@/ui/lists/records-page'
import { ListSkeleton } from '@/ui/skeletons'
import { useListView, type ListView } from '@/ui/views/use-list-view'
import type { GridColumn } from '@/ui/data-grid/data-grid'
import { DeletedLink } from '@/ui/deleted/deleted-link'
import { DuplicatesLink } from './duplicates-link'
import { companiesQuery, companyKeys } from './queries'
import { PutIntoSegment } from './put-into-segment'
import { SegmentsLink } from './segments-link'

const OF = { object: 'customers.company', kind: 'company' } as const

type Props = { search: ListSearch; onSearch: (search: ListSearch) => void }

export function CompaniesPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const view = useListView(t`Companies`, 'company', search, onSearch)
  return view ? <Companies view={view} /> : <ListSkeleton />
}

function Companies({ view }: { view: ListView }) {
  const { t } = useLingui()
  const format = useFormat()
  const run = useRun()
  const navigate = useNavigate()
  const mayCreate = useMay('customers.company', 'create')
  const search = view.state
  const sort = search.sort ?? 'name'
  const added = useCustomColumns<Company>('company')
  const columns = useMemo<GridColumn<Company>[]>(
    () => [
      {
        id: 'name',
        header: t`Name`,
        width: 'minmax(220px,2fr)',
        narrow: 'minmax(0,1.6fr)',
        sort: 'name',
        cell: (company) => (
          <Group gap={10} wrap="nowrap">
            <Avatar size={26} radius={8} name={company.name} color="iris" aria-hidden="true" />
            <Link to="/companies/$id" params={{ id: company.id }} className="g-link" tabIndex={-1}>
              <Text inherit fw={540} truncate>
                {company.name}
              </Text>
            </Link>
          </Group>
        ),
      },
      {
        id: 'city',
        header: t`City`,
        width: 'minmax(110px,1fr)',
        sort: 'city',
        field: 'city',
        cell: (company) => (
          <Shown of={company} field="city">
            {company.city ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'industry',
        header: t`Industry`,
        width: 'minmax(120px,1fr)',
        field: 'industry',
        cell: (company) => (
          <Shown of={company} field="industry">
            {company.industry ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'phone',
        header: t`Phone`,
        width: '204px',
        narrow: 'minmax(0,1.3fr)',
        field: 'phones',
        cell: (company) => (
          <Shown of={company} field="phones">
            {company.phones[0]?.typed ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'owner',
        header: t`Owner`,
        width: 'minmax(140px,1fr)',
        cell: (company) => company.owner_name ?? '—',
      },
      {
        id: 'changed',
        header: t`Changed`,
        width: '120px',
        numeric: true,
        sort: 'changed_at',
        cell: (company) => format.date(company.changed_at),
      },
      ...added,
    ],
    [t, format, added],
  )
  return (
    <RecordsPage
      of={OF}
      title={t`Companies`}
      icon={IconBuilding}
      searchLabel={t`Find a company`}
      more={
        <>
          <ImportLink kind="companies" />
          <DuplicatesLink kind="company" />
          <SegmentsLink />
          <DeletedLink kind="company" />
        </>
      }
      create={mayCreate ? { verb: t`New company`, run: () => run('companies.create') } : undefined}
      beside={(chosen, done) => <PutIntoSegment kind="company" of={chosen} onDone={done} />}
      emptyTitle={t`No companies yet`}
      emptyText={t`Those you sell to appear here.`}
      columns={columns}
      list={companiesQuery}
      groups={{
        key: companyKeys.groups,
        read: (asked, signal) => companyGroups(asked, { signal }),
      }}
      sort={sort}
      view={view}
      onOpen={(company) => void navigate({ to: '/companies/$id', params: { id: company.id } })}
    />
  )
}
