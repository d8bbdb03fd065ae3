import { createFileRoute } from '@tanstack/react-router'
import { ProvidersPage } from '@/features/federation/providers-page'

export const Route = createFileRoute('/_app/administration/providers/')({
  component: ProvidersPage,
})
