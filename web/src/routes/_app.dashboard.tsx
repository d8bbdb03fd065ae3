import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { DashboardPage } from '@/features/reports/dashboard-page'
import { DealRows } from '@/features/sales/record-deals'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/dashboard')({
  validateSearch: z.object({
    pipeline: text,
    owner: text,
    currency: text,
    months: z.optional(z.catch(z.int().check(z.gte(1), z.lte(36)), 12)),
  }),
  component: Dashboard,
})

function Dashboard() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return (
    <DashboardPage
      search={found}
      onSearch={(next) => void navigate({ search: next })}
      DealRows={DealRows}
    />
  )
}
