import { createFileRoute } from '@tanstack/react-router'
import { HealthPage } from '@/features/administration/health-page'

export const Route = createFileRoute('/_app/administration/health')({ component: HealthPage })
