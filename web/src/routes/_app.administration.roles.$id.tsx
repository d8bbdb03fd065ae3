import { createFileRoute } from '@tanstack/react-router'
import { RolePage } from '@/features/administration/role-page'

export const Route = createFileRoute('/_app/administration/roles/$id')({ component: Role })

function Role() {
  const { id } = Route.useParams()
  return <RolePage key={id} id={id} />
}
