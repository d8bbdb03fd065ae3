import { createFileRoute } from '@tanstack/react-router'
import { ImportPage } from '@/features/imports/import-page'

export const Route = createFileRoute('/_app/imports/$id')({ component: Import })

function Import() {
  const { id } = Route.useParams()
  return <ImportPage key={id} id={id} />
}
