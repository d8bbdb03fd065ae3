import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { CalendarPage } from '@/features/activities/calendar-page'
import { KINDS, VIEWS } from '@/ui/calendar/calendar-time'
import { PersonPicker } from '@/features/customers/pickers'
import { DealPicker } from '@/features/sales/deal-picker'

const day = z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/))

export const Route = createFileRoute('/_app/calendar')({
  validateSearch: z.object({
    view: z.optional(z.catch(z.enum(VIEWS), 'week')),
    on: z.catch(z.optional(day), undefined),
    who: z.catch(z.optional(z.uuid()), undefined),
    meeting: z.catch(z.optional(z.uuid()), undefined),
    kind: z.catch(z.optional(z.enum(KINDS)), undefined),
  }),
  component: Calendar,
})

function Calendar() {
  const navigate = Route.useNavigate()
  const search = Route.useSearch()
  return (
    <CalendarPage
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      DealPicker={DealPicker}
      PersonPicker={PersonPicker}
    />
  )
}
