import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { ImportsPage } from '@/features/imports/imports-page'

export const Route = createFileRoute('/_app/imports/')({
  validateSearch: z.object({
    kind: z.optional(z.catch(z.enum(['companies', 'people', 'deals']), 'companies')),
  }),
  component: Imports,
})

function Imports() {
  const navigate = Route.useNavigate()
  const { kind = 'companies' } = Route.useSearch()
  return <ImportsPage kind={kind} onKind={(next) => void navigate({ search: { kind: next } })} />
}
