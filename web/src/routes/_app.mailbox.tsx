import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { MailboxPage } from '@/features/demo/mailbox-page'

export const Route = createFileRoute('/_app/mailbox')({
  validateSearch: z.object({
    box: z.optional(z.catch(z.literal('webhooks'), 'webhooks')),
    letter: z.optional(z.catch(z.string(), '')),
  }),
  component: Mailbox,
})

function Mailbox() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <MailboxPage search={found} onSearch={(next) => void navigate({ search: next })} />
}
