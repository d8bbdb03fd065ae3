import { createFileRoute } from '@tanstack/react-router'
import { SegmentsPage } from '@/features/customers/segments-page'

export const Route = createFileRoute('/_app/segments')({ component: SegmentsPage })
