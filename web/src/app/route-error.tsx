import { useLingui } from '@lingui/react/macro'
import { IconMapPinOff } from '@tabler/icons-react'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useCallback, useEffect, useRef } from 'react'
import { useConnection } from '@/shared/api/connection'
import { BackTo } from '@/ui/back-to'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'

/** One per route: the shell and the other pages stay usable when a page breaks. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const retry = useCallback(() => {
    queries.reset()
    reset()
    void router.invalidate()
  }, [queries, reset, router])
  const connection = useConnection()
  const before = useRef(connection)
  // a page that broke because the server was away is put up again as soon as it is back
  useEffect(() => {
    if (before.current !== 'up' && connection === 'up') retry()
    before.current = connection
  }, [connection, retry])
  return (
    <main className="g-page">
      <Failure error={error} onRetry={retry} />
    </main>
  )
}

/** An address that leads nowhere. */
export function MissingPage() {
  const { t } = useLingui()
  return (
    <main className="g-page" style={{ justifyContent: 'center' }}>
      <EmptyState
        icon={IconMapPinOff}
        title={t`There is no such page`}
        text={t`The address may be mistyped, or the page has moved.`}
        action={<BackTo to="/">{t`To my day`}</BackTo>}
      />
    </main>
  )
}
