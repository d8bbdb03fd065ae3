import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { DealsPage } from '@/features/sales/deals-page'
import { listInAddress } from '@/shared/views'

const text = z.optional(z.catch(z.string(), ''))
const sum = z.optional(z.catch(z.string().check(z.regex(/^\d{1,16}(\.\d{1,2})?$/)), ''))

export const Route = createFileRoute('/_app/deals/')({
  validateSearch: z.object({
    ...listInAddress,
    pipeline: text,
    stage: text,
    owner: text,
    competitor: text,
    segment: text,
    kind: z.optional(z.catch(z.enum(['open', 'won', 'lost']), 'open')),
    from: sum,
    to: sum,
  }),
  component: Deals,
})

function Deals() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <DealsPage search={found} onSearch={(next) => void navigate({ search: next })} />
}
