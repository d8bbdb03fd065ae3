import { createFileRoute } from '@tanstack/react-router'
import { NewRulePage } from '@/features/automation/rule-page'

export const Route = createFileRoute('/_app/automation/new')({ component: NewRulePage })
