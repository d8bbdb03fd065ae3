import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { DuplicatesPage } from '@/features/customers/duplicates-page'

export const Route = createFileRoute('/_app/duplicates')({
  validateSearch: z.object({ of: z.optional(z.catch(z.enum(['company', 'person']), 'company')) }),
  component: Duplicates,
})

function Duplicates() {
  const navigate = Route.useNavigate()
  const { of = 'company' } = Route.useSearch()
  return <DuplicatesPage kind={of} onKind={(kind) => void navigate({ search: { of: kind } })} />
}
