import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { DeletedPage } from '@/features/deleted/deleted-page'

export const Route = createFileRoute('/_app/deleted')({
  validateSearch: z.object({
    of: z.optional(z.catch(z.enum(['company', 'person', 'deal', 'task', 'meeting']), 'company')),
    by: z.optional(z.string()),
    days: z.optional(z.catch(z.number(), 7)),
  }),
  component: Deleted,
})

function Deleted() {
  const navigate = Route.useNavigate()
  return <DeletedPage search={Route.useSearch()} onSearch={(search) => void navigate({ search })} />
}
