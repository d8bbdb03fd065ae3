import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { RecordAccess } from '@/features/access/record-access'
import { keepAround } from '@/features/activities/queries'
import { RecordNotes } from '@/features/activities/record-notes'
import { RecordTasks } from '@/features/activities/record-tasks'
import { CompanyPicker, PersonPicker } from '@/features/customers/pickers'
import { StageStays } from '@/features/forecast/stage-stays'
import { RecordHistory } from '@/features/history/record-history'
import { DealLines } from '@/features/products/deal-lines'
import { DealQuotes } from '@/features/products/deal-quotes'
import { DealPage } from '@/features/sales/deal-page'
import { dealHistoryQuery, dealKeys, dealQuery, readDeal } from '@/features/sales/queries'
import { restoreDeal } from '@/shared/api/generated/sales'
import { useRestore } from '@/shared/restore'
import { RecordMenu } from '@/ui/deleted/delete-record'

export const Route = createFileRoute('/_app/deals/$id')({
  loader: ({ context: { queryClient }, params: { id } }) =>
    void readDeal(queryClient, id, (around) => keepAround(queryClient, 'deal', id, around)),
  component: Deal,
})

function Deal() {
  const { id } = Route.useParams()
  const { data: deal } = useQuery(dealQuery(id))
  const restore = useRestore((told) => restoreDeal(id, told), dealKeys.all)
  return (
    <DealPage
      key={id}
      id={id}
      CompanyPicker={CompanyPicker}
      PersonPicker={PersonPicker}
      lines={deal && <DealLines id={id} version={deal.version} editable={deal.editable} />}
      quotes={deal && <DealQuotes deal={deal} />}
      tasks={<RecordTasks kind="deal" id={id} />}
      notes={<RecordNotes kind="deal" id={id} />}
      stays={deal && <StageStays id={id} version={deal.version} />}
      access={
        <>
          <RecordAccess kind="deal" id={id} />
          <RecordMenu kind="deal" record={deal && { ...deal, name: deal.title }} />
        </>
      }
      history={
        <RecordHistory
          query={dealHistoryQuery(id)}
          restore={deal?.editable ? restore : undefined}
        />
      }
    />
  )
}
