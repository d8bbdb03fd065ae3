import { createFileRoute } from '@tanstack/react-router'
import { TeamsPage } from '@/features/administration/teams-page'

export const Route = createFileRoute('/_app/administration/teams')({ component: TeamsPage })
