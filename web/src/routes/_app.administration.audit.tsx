import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { AuditPage } from '@/features/administration/audit-page'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/administration/audit')({
  validateSearch: z.object({
    text,
    person: text,
    kind: text,
    record: text,
    name: text,
    via: text,
    since: text,
    until: text,
    address: text,
    event: text,
  }),
  component: Audit,
})

function Audit() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <AuditPage search={found} onSearch={(next) => void navigate({ search: next })} />
}
