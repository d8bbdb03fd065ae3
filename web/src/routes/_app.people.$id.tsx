import { createFileRoute } from '@tanstack/react-router'
import { RecordNotes } from '@/features/activities/record-notes'
import { RecordTasks } from '@/features/activities/record-tasks'
import { PersonPage } from '@/features/customers/person-page'
import { personHistoryQuery, personQuery } from '@/features/customers/queries'
import { RecordHistory } from '@/features/history/record-history'
import { RecordDeals } from '@/features/sales/record-deals'

export const Route = createFileRoute('/_app/people/$id')({
  loader: ({ context: { queryClient }, params }) =>
    void queryClient.prefetchQuery(personQuery(params.id)),
  component: Person,
})

function Person() {
  const { id } = Route.useParams()
  return (
    <PersonPage
      key={id}
      id={id}
      deals={<RecordDeals contactId={id} />}
      tasks={<RecordTasks kind="person" id={id} />}
      notes={<RecordNotes kind="person" id={id} />}
      history={<RecordHistory query={personHistoryQuery(id)} />}
    />
  )
}
