import { createFileRoute } from '@tanstack/react-router'
import { IntegrationsPage } from '@/features/administration/integrations-page'

export const Route = createFileRoute('/_app/administration/integrations')({
  component: IntegrationsPage,
})
