import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { PeoplePage } from '@/features/customers/people-page'
import { conditionInAddress } from '@/shared/conditions'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/people/')({
  validateSearch: z.object({ q: text, filter: conditionInAddress, sort: text }),
  component: People,
})

function People() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <PeoplePage search={found} onSearch={(next) => void navigate({ search: next })} />
}
