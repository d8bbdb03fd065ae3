import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { MergePage } from '@/features/customers/merge-page'

const text = z.catch(z.string(), '')

export const Route = createFileRoute('/_app/merge')({
  validateSearch: z.object({
    of: z.catch(z.enum(['company', 'person']), 'company'),
    one: text,
    other: text,
  }),
  component: Merge,
})

function Merge() {
  const navigate = Route.useNavigate()
  const { of, one, other } = Route.useSearch()
  return (
    <MergePage
      kind={of}
      one={one}
      other={other}
      onSwap={() => void navigate({ search: { of, one: other, other: one }, replace: true })}
    />
  )
}
