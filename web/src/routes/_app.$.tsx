import { createFileRoute } from '@tanstack/react-router'
import { MissingPage } from '@/app/route-error'

/** Whatever no other route takes: said inside the shell, so that one can go on from there. */
export const Route = createFileRoute('/_app/$')({ component: MissingPage })
