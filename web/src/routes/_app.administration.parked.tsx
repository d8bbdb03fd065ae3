import { createFileRoute } from '@tanstack/react-router'
import { ParkedPage } from '@/features/administration/parked-page'

export const Route = createFileRoute('/_app/administration/parked')({ component: ParkedPage })
