import { createFileRoute } from '@tanstack/react-router'
import { JobsPage } from '@/features/administration/jobs-page'

export const Route = createFileRoute('/_app/administration/jobs')({ component: JobsPage })
