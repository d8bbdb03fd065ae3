import { createFileRoute, redirect } from '@tanstack/react-router'
import { Shell } from '@/app/shell'
import { ApiError } from '@/shared/api/http'
import { session } from '@/shared/api/session'
import { customFieldsQuery } from '@/shared/custom-fields'
import { draftsOf } from '@/shared/lib/draft'
import { colleaguesQuery, meQuery, pipelinesQuery } from '@/shared/reference'

/** Everything behind the sign-in. */
export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context: { queryClient }, location }) => {
    try {
      const { user } = await queryClient.ensureQueryData(meQuery())
      session.belongsTo(user.id)
      draftsOf(user.id)
      void queryClient.prefetchQuery(pipelinesQuery())
      void queryClient.prefetchQuery(customFieldsQuery('deal'))
      void queryClient.prefetchQuery(colleaguesQuery())
    } catch (error) {
      const half = error instanceof ApiError && error.code === 'authentication.factor-needed'
      if (!half && !(error instanceof ApiError && error.status === 401)) throw error
      throw redirect({
        to: '/sign-in',
        search: location.href === '/' ? {} : { next: location.href },
      })
    }
  },
  component: Shell,
})
