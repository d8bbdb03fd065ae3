import { createFileRoute, redirect } from '@tanstack/react-router'
import { meQuery } from '@/shared/reference'

/** Its first section; to whom none is open is told so by the page around. */
export const Route = createFileRoute('/_app/administration/')({
  beforeLoad: async ({ context: { queryClient } }) => {
    // its words and pictures are no part of the first view
    const { sectionsFor } = await import('@/features/administration/sections')
    const [first] = sectionsFor(await queryClient.ensureQueryData(meQuery()))
    if (first) throw redirect({ to: first.to, replace: true })
  },
})
