import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { CompaniesPage } from '@/features/customers/companies-page'
import { listInAddress } from '@/shared/views'

export const Route = createFileRoute('/_app/companies/')({
  validateSearch: z.object(listInAddress),
  component: Companies,
})

function Companies() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <CompaniesPage search={found} onSearch={(next) => void navigate({ search: next })} />
}
