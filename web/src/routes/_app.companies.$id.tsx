import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { RecordAccess } from '@/features/access/record-access'
import { keepAround } from '@/features/activities/queries'
import { RecordNotes } from '@/features/activities/record-notes'
import { RecordTasks } from '@/features/activities/record-tasks'
import { CompanyPage } from '@/features/customers/company-page'
import {
  companyHistoryQuery,
  companyKeys,
  companyQuery,
  readCompany,
} from '@/features/customers/queries'
import { RecordHistory } from '@/features/history/record-history'
import { RecordDeals } from '@/features/sales/record-deals'
import { restoreCompany } from '@/shared/api/generated/customers'
import { useRestore } from '@/shared/restore'
import { RecordMenu } from '@/ui/deleted/delete-record'

export const Route = createFileRoute('/_app/companies/$id')({
  loader: ({ context: { queryClient }, params: { id } }) =>
    void readCompany(queryClient, id, (around) => keepAround(queryClient, 'company', id, around)),
  component: Company,
})

function Company() {
  const { id } = Route.useParams()
  const { data: company } = useQuery(companyQuery(id))
  const restore = useRestore((told) => restoreCompany(id, told), companyKeys.all)
  return (
    <CompanyPage
      key={id}
      id={id}
      deals={(one) => <RecordDeals company={one} />}
      tasks={<RecordTasks kind="company" id={id} />}
      notes={<RecordNotes kind="company" id={id} />}
      access={
        <>
          <RecordAccess kind="company" id={id} />
          <RecordMenu kind="company" record={company} />
        </>
      }
      history={
        <RecordHistory
          query={companyHistoryQuery(id)}
          restore={company?.editable ? restore : undefined}
        />
      }
    />
  )
}
