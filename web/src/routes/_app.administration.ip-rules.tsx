import { createFileRoute } from '@tanstack/react-router'
import { IpRulesPage } from '@/features/integrations/ip-rules-page'

export const Route = createFileRoute('/_app/administration/ip-rules')({
  component: IpRulesPage,
})
