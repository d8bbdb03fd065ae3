import { createFileRoute, useRouter } from '@tanstack/react-router'
import { NewPasswordPage } from '@/features/identity/new-password-page'

export const Route = createFileRoute('/password')({ component: NewPassword })

function NewPassword() {
  const router = useRouter()
  return <NewPasswordPage onSignedIn={() => void router.navigate({ to: '/', replace: true })} />
}
