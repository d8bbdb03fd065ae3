import { createFileRoute, redirect } from '@tanstack/react-router'
import { sectionsFor } from '@/features/administration/sections'
import { meQuery } from '@/shared/reference'

/** Its first section; to whom none is open is told so by the page around. */
export const Route = createFileRoute('/_app/administration/')({
  beforeLoad: async ({ context: { queryClient } }) => {
    const [first] = sectionsFor(await queryClient.ensureQueryData(meQuery()))
    if (first) throw redirect({ to: first.to, replace: true })
  },
})
