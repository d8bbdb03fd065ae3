import { createFileRoute } from '@tanstack/react-router'
import { RulesPage } from '@/features/automation/rules-page'

export const Route = createFileRoute('/_app/automation/')({ component: RulesPage })
