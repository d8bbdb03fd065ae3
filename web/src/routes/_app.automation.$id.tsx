import { createFileRoute } from '@tanstack/react-router'
import { RulePage } from '@/features/automation/rule-page'

export const Route = createFileRoute('/_app/automation/$id')({ component: Rule })

function Rule() {
  const { id } = Route.useParams()
  return <RulePage key={id} id={id} />
}
