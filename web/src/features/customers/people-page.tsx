import { Avatar, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconAddressBook } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { personGroups } from '@/shared/api/generated/customers'
import type { Person } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
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
import { peopleQuery, personKeys } from './queries'
import { PutIntoSegment } from './put-into-segment'
import { SegmentsLink } from './segments-link'

const OF = { object: 'customers.person', kind: 'person' } as const

type Props = { search: ListSearch; onSearch: (search: ListSearch) => void }

export function PeoplePage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const view = useListView(t`People`, 'person', search, onSearch)
  return view ? <People view={view} /> : <ListSkeleton />
}

function People({ view }: { view: ListView }) {
  const { t } = useLingui()
  const run = useRun()
  const navigate = useNavigate()
  const mayCreate = useMay('customers.person', 'create')
  const search = view.state
  const sort = search.sort ?? 'name'
  const added = useCustomColumns<Person>('person')
  const columns = useMemo<GridColumn<Person>[]>(
    () => [
      {
        id: 'name',
        header: t({ message: 'Name', context: 'of a person' }),
        width: 'minmax(180px,1.3fr)',
        narrow: 'minmax(0,1.4fr)',
        sort: 'name',
        cell: (person) => (
          <Group gap={10} wrap="nowrap">
            <Avatar size={26} name={person.name} color="iris" aria-hidden="true" />
            <Link to="/people/$id" params={{ id: person.id }} className="g-link" tabIndex={-1}>
              <Text inherit fw={540} truncate>
                {person.name}
              </Text>
            </Link>
          </Group>
        ),
      },
      {
        id: 'company',
        header: t`Company`,
        width: 'minmax(150px,1.3fr)',
        narrow: 'minmax(0,1fr)',
        field: 'company_id',
        cell: (person) => (
          <Shown of={person} field="company_id">
            {person.company?.name ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'position',
        header: t`Position`,
        width: 'minmax(120px,1fr)',
        field: 'position',
        cell: (person) => (
          <Shown of={person} field="position">
            {person.position ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'phone',
        header: t`Phone`,
        width: '204px',
        field: 'phones',
        cell: (person) => (
          <Shown of={person} field="phones">
            {person.phones[0]?.typed ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'email',
        header: t`E-mail`,
        width: 'minmax(180px,1.8fr)',
        field: 'emails',
        cell: (person) => (
          <Shown of={person} field="emails">
            {person.emails[0]?.typed ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'city',
        header: t`City`,
        width: 'minmax(90px,0.8fr)',
        sort: 'city',
        field: 'city',
        cell: (person) => (
          <Shown of={person} field="city">
            {person.city ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'owner',
        header: t`Owner`,
        width: 'minmax(120px,1fr)',
        cell: (person) => person.owner_name ?? '—',
      },
      ...added,
    ],
    [t, added],
  )
  return (
    <RecordsPage
      of={OF}
      title={t`People`}
      icon={IconAddressBook}
      searchLabel={t`Find a person`}
      more={
        <>
          <ImportLink kind="people" />
          <DuplicatesLink kind="person" />
          <SegmentsLink />
          <DeletedLink kind="person" />
        </>
      }
      create={mayCreate ? { verb: t`New person`, run: () => run('people.create') } : undefined}
      beside={(chosen, done) => <PutIntoSegment kind="person" of={chosen} onDone={done} />}
      emptyTitle={t`No people yet`}
      emptyText={t`Those you talk to appear here.`}
      columns={columns}
      list={peopleQuery}
      groups={{
        key: personKeys.groups,
        read: (asked, signal) => personGroups(asked, { signal }),
      }}
      sort={sort}
      view={view}
      onOpen={(person) => void navigate({ to: '/people/$id', params: { id: person.id } })}
    />
  )
}
