import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { PersonAccess } from '@/features/identity/person-access'
import { PeoplePage } from '@/features/administration/people-page'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/administration/people')({
  validateSearch: z.object({
    q: text,
    role: text,
    team: text,
    state: z.optional(z.catch(z.enum(['off', 'all']), 'all')),
  }),
  component: People,
})

function People() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return (
    <PeoplePage
      access={(user) => <PersonAccess user={user} />}
      search={found}
      onSearch={(next) => void navigate({ search: next })}
    />
  )
}
