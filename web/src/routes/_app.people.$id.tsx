import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { RecordAccess } from '@/features/access/record-access'
import { keepAround } from '@/features/activities/queries'
import { RecordNotes } from '@/features/activities/record-notes'
import { RecordTasks } from '@/features/activities/record-tasks'
import { PersonPage } from '@/features/customers/person-page'
import {
  personHistoryQuery,
  personKeys,
  personQuery,
  readPerson,
} from '@/features/customers/queries'
import { RecordHistory } from '@/features/history/record-history'
import { RecordDeals } from '@/features/sales/record-deals'
import { restorePerson } from '@/shared/api/generated/customers'
import { useRestore } from '@/shared/restore'
import { RecordMenu } from '@/ui/deleted/delete-record'

export const Route = createFileRoute('/_app/people/$id')({
  loader: ({ context: { queryClient }, params: { id } }) =>
    void readPerson(queryClient, id, (around) => keepAround(queryClient, 'person', id, around)),
  component: Person,
})

function Person() {
  const { id } = Route.useParams()
  const { data: person } = useQuery(personQuery(id))
  const restore = useRestore((told) => restorePerson(id, told), personKeys.all)
  return (
    <PersonPage
      key={id}
      id={id}
      deals={<RecordDeals contactId={id} />}
      tasks={<RecordTasks kind="person" id={id} />}
      notes={<RecordNotes kind="person" id={id} />}
      access={
        <>
          <RecordAccess kind="person" id={id} />
          <RecordMenu kind="person" record={person} />
        </>
      }
      history={
        <RecordHistory
          query={personHistoryQuery(id)}
          restore={person?.editable ? restore : undefined}
        />
      }
    />
  )
}
