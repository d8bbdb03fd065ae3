import { createFileRoute } from '@tanstack/react-router'
import { PurposesPage } from '@/features/customers/purposes-page'

export const Route = createFileRoute('/_app/administration/consents')({
  component: PurposesPage,
})
