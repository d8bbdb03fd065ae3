import { createFileRoute } from '@tanstack/react-router'
import { PipelinePage } from '@/features/pipelines/pipeline-page'

export const Route = createFileRoute('/_app/administration/pipelines/$id')({
  component: Pipeline,
})

function Pipeline() {
  const { id } = Route.useParams()
  return <PipelinePage key={id} id={id} />
}
