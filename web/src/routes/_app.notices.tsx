import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { NoticesPage } from '@/features/notices/notices-page'

export const Route = createFileRoute('/_app/notices')({
  validateSearch: z.object({ unread: z.optional(z.catch(z.boolean(), false)) }),
  component: Notices,
})

function Notices() {
  const navigate = Route.useNavigate()
  const { unread = false } = Route.useSearch()
  return (
    <NoticesPage
      unread={unread}
      onUnread={(next) => void navigate({ search: next ? { unread: true } : {}, replace: true })}
    />
  )
}
