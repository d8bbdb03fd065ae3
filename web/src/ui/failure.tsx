import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconAlertTriangle, IconLock, IconMapPinOff, IconPlugConnectedX } from '@tabler/icons-react'
import { ApiError } from '@/shared/api/http'
import { useProblemText } from '@/shared/i18n/problems'
import { EmptyState } from '@/ui/empty-state'

type Props = { error: unknown; onRetry?: (() => void) | undefined }

/** What a page or a part shows instead of its content: no rights, no such record, or a failure. */
export function Failure({ error, onRetry }: Props) {
  const { t } = useLingui()
  const text = useProblemText()
  const status = error instanceof ApiError ? error.status : undefined
  if (status === 403) return <NoRights />
  if (status === 404) {
    return (
      <EmptyState
        icon={IconMapPinOff}
        title={t`Nothing is here`}
        text={t`The record does not exist, or it is not yours to see.`}
      />
    )
  }
  return (
    <EmptyState
      icon={status === 0 ? IconPlugConnectedX : IconAlertTriangle}
      title={t`This could not be shown`}
      text={text(error)}
      action={
        onRetry && (
          <Button variant="default" onClick={onRetry}>
            {t`Try again`}
          </Button>
        )
      }
    />
  )
}

/** What a page shows to a person whose role is not given it. */
export function NoRights() {
  const { t } = useLingui()
  return (
    <EmptyState
      icon={IconLock}
      title={t`This is not open to you`}
      text={t`Your role has no right to see this. An administrator can give it to you.`}
    />
  )
}
