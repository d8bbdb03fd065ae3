import { createFileRoute } from '@tanstack/react-router'
import { KeysPage } from '@/features/integrations/keys-page'

export const Route = createFileRoute('/_app/administration/api-keys')({
  component: KeysPage,
})
