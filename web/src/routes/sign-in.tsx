import { createFileRoute, useRouter } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { SignInPage } from '@/features/identity/sign-in-page'

const search = z.object({
  next: z.optional(z.catch(z.string(), '/')),
  refused: z.optional(z.catch(z.string(), '')),
})

export const Route = createFileRoute('/sign-in')({ validateSearch: search, component: SignIn })

function SignIn() {
  const router = useRouter()
  const { next = '/', refused } = Route.useSearch()
  // only a path of ours: `//evil.example` would be another site's address
  const href = /^\/(?![/\\])/.test(next) ? next : '/'
  return <SignInPage next={href} refused={refused} onSignedIn={() => router.history.push(href)} />
}
