import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { NewRolePage } from '@/features/administration/role-page'

export const Route = createFileRoute('/_app/administration/roles/new')({
  validateSearch: z.object({ from: z.optional(z.catch(z.string(), '')) }),
  component: NewRole,
})

function NewRole() {
  const { from } = Route.useSearch()
  return <NewRolePage key={from} from={from} />
}
