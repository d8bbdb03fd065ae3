import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { PeoplePage } from '@/features/customers/people-page'
import { listInAddress } from '@/shared/views'

export const Route = createFileRoute('/_app/people/')({
  validateSearch: z.object(listInAddress),
  component: People,
})

function People() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <PeoplePage search={found} onSearch={(next) => void navigate({ search: next })} />
}
