import { createFileRoute } from '@tanstack/react-router'
import { PipelinesPage } from '@/features/pipelines/pipelines-page'

export const Route = createFileRoute('/_app/administration/pipelines/')({
  component: PipelinesPage,
})
