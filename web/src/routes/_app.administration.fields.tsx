import { createFileRoute } from '@tanstack/react-router'
import { FieldsPage } from '@/features/fields/fields-page'

export const Route = createFileRoute('/_app/administration/fields')({ component: FieldsPage })
