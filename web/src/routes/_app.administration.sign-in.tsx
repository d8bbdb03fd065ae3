import { createFileRoute } from '@tanstack/react-router'
import { PolicyPage } from '@/features/identity/policy-page'

export const Route = createFileRoute('/_app/administration/sign-in')({ component: PolicyPage })
