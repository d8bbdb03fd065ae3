import { createFileRoute } from '@tanstack/react-router'
import { NewProviderPage } from '@/features/federation/provider-page'

export const Route = createFileRoute('/_app/administration/providers/new')({
  component: NewProviderPage,
})
