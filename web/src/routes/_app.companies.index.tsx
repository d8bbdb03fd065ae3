import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { CompaniesPage } from '@/features/customers/companies-page'
import { conditionInAddress } from '@/shared/conditions'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/companies/')({
  validateSearch: z.object({ q: text, filter: conditionInAddress, sort: text }),
  component: Companies,
})

function Companies() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <CompaniesPage search={found} onSearch={(next) => void navigate({ search: next })} />
}
