import { createFileRoute } from '@tanstack/react-router'
import { NewPipelinePage } from '@/features/pipelines/pipeline-page'

export const Route = createFileRoute('/_app/administration/pipelines/new')({
  component: NewPipelinePage,
})
