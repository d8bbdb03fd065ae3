import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { ForecastPage } from '@/features/forecast/forecast-page'

const text = z.optional(z.catch(z.string(), ''))
const day = z.optional(
  z.catch(z.optional(z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/))), undefined),
)

export const Route = createFileRoute('/_app/forecast')({
  validateSearch: z.object({
    by: z.optional(z.catch(z.enum(['owner', 'team']), 'owner')),
    pipeline: text,
    day,
    since: day,
    months: z.optional(z.catch(z.int().check(z.gte(1), z.lte(24)), 6)),
  }),
  component: Forecast,
})

function Forecast() {
  const navigate = Route.useNavigate()
  const search = Route.useSearch()
  return <ForecastPage search={search} onSearch={(next) => void navigate({ search: next })} />
}
