import { createFileRoute } from '@tanstack/react-router'
import { RecordNotes } from '@/features/activities/record-notes'
import { RecordTasks } from '@/features/activities/record-tasks'
import { CompanyPage } from '@/features/customers/company-page'
import { companyHistoryQuery, companyQuery } from '@/features/customers/queries'
import { RecordHistory } from '@/features/history/record-history'
import { RecordDeals } from '@/features/sales/record-deals'

export const Route = createFileRoute('/_app/companies/$id')({
  loader: ({ context: { queryClient }, params }) =>
    void queryClient.prefetchQuery(companyQuery(params.id)),
  component: Company,
})

function Company() {
  const { id } = Route.useParams()
  return (
    <CompanyPage
      key={id}
      id={id}
      deals={(company) => <RecordDeals company={company} />}
      tasks={<RecordTasks kind="company" id={id} />}
      notes={<RecordNotes kind="company" id={id} />}
      history={<RecordHistory query={companyHistoryQuery(id)} />}
    />
  )
}
