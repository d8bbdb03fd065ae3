import { createFileRoute } from '@tanstack/react-router'
import { ConfigurationPage } from '@/features/administration/configuration-page'

export const Route = createFileRoute('/_app/administration/configuration')({
  component: ConfigurationPage,
})
