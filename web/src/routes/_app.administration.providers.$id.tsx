import { createFileRoute } from '@tanstack/react-router'
import { ProviderPage } from '@/features/federation/provider-page'

export const Route = createFileRoute('/_app/administration/providers/$id')({ component: Provider })

function Provider() {
  const { id } = Route.useParams()
  return <ProviderPage key={id} id={id} />
}
