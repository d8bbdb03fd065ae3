import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import {
  IconAlertTriangle,
  IconHourglass,
  IconLock,
  IconMapPinOff,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { isAway } from '@/shared/api/connection'
import { ApiError } from '@/shared/api/http'
import { useProblemText } from '@/shared/i18n/problems'
import { EmptyState } from '@/ui/empty-state'

type Props = {
  error: unknown
  onRetry?: (() => void) | undefined
  /** Where to go when there is nothing to try again. */
  back?: ReactNode
}

/** What a page's code says when it could not be fetched: each browser in its own words. */
const NO_CODE = /dynamically imported module|importing a module script|error loading/i

/** The record is gone, or no longer the reader's to see: what is on screen is not to be shown on. */
export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 403)

const unreached = (error: unknown): boolean =>
  error instanceof ApiError
    ? error.status === 0
    : error instanceof TypeError && NO_CODE.test(error.message)

/** What a page or a part shows instead of its content: no rights, no such record, or a failure. */
export function Failure({ error, onRetry, back }: Props) {
  const { t } = useLingui()
  const text = useProblemText()
  const status = error instanceof ApiError ? error.status : undefined
  const elsewhere = error instanceof ApiError && error.code === 'address-refused'
  if (status === 403 && !elsewhere) return <NoRights back={back} />
  if (status === 404) {
    return (
      <EmptyState
        icon={IconMapPinOff}
        title={t`Nothing is here`}
        text={t`The record does not exist, or it is not yours to see.`}
        action={back}
      />
    )
  }
  const again = onRetry && (
    <Button variant="default" onClick={onRetry}>
      {t`Try again`}
    </Button>
  )
  if (unreached(error)) {
    return (
      <EmptyState
        icon={IconPlugConnectedX}
        title={t`No connection`}
        text={t`This is shown by itself as soon as the server is reached again.`}
        action={again}
      />
    )
  }
  if (status !== undefined && isAway(status)) {
    return (
      <EmptyState
        icon={IconHourglass}
        title={t`The server cannot show this now`}
        text={t`It is busy or restarting. This is shown by itself as soon as it can be.`}
        action={again}
      />
    )
  }
  return (
    <EmptyState
      icon={IconAlertTriangle}
      title={t`This could not be shown`}
      text={text(error)}
      action={again}
    />
  )
}

/** What a page shows to a person whose role is not given it. */
export function NoRights({ back }: { back?: ReactNode }) {
  const { t } = useLingui()
  return (
    <EmptyState
      icon={IconLock}
      title={t`This is not open to you`}
      text={t`Your role has no right to see this. An administrator can give it to you.`}
      action={back}
    />
  )
}
