import { createFileRoute, redirect } from '@tanstack/react-router'
import { Shell } from '@/app/shell'
import { ApiError } from '@/shared/api/http'
import { colleaguesQuery, meQuery, pipelinesQuery } from '@/shared/reference'

/** Everything behind the sign-in. */
export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context: { queryClient }, location }) => {
    try {
      await queryClient.ensureQueryData(meQuery())
      void queryClient.prefetchQuery(pipelinesQuery())
      void queryClient.prefetchQuery(colleaguesQuery())
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      throw redirect({
        to: '/sign-in',
        search: location.href === '/' ? {} : { next: location.href },
      })
    }
  },
  component: Shell,
})
