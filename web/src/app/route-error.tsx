import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconMapPinOff } from '@tabler/icons-react'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'

/** One per route: the shell and the other pages stay usable when a page breaks. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  return (
    <main className="g-page">
      <Failure
        error={error}
        onRetry={() => {
          queries.reset()
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

/** An address that leads nowhere. */
export function MissingPage() {
  const { t } = useLingui()
  return (
    <main className="g-page">
      <EmptyState
        icon={IconMapPinOff}
        title={t`There is no such page`}
        text={t`The address may be mistyped, or the page has moved.`}
        action={
          <Button component={Link} to="/" variant="default">
            {t`To my day`}
          </Button>
        }
      />
    </main>
  )
}
