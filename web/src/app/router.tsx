import { createRouter } from '@tanstack/react-router'
import { SIGNED_OUT } from '@/shared/api/http'
import { meQuery } from '@/shared/reference'
import { queryClient } from './query-client'
import { MissingPage, RouteError } from './route-error'
import { routeTree } from './routeTree.gen'

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: MissingPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

// a session that ended: sign in, and come back to where one was
window.addEventListener(SIGNED_OUT, () => {
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in' || !queryClient.getQueryData(meQuery().queryKey)) return
  queryClient.removeQueries({ queryKey: meQuery().queryKey })
  void router.navigate({ to: '/sign-in', search: { next: href } })
})
