import { Button } from '@mantine/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { DeletedRecord } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { EmptyState } from '@/ui/empty-state'
import { useBringBack } from './bring-back'
import type { PagedKind } from './kinds'

type Props = { kind: PagedKind; record: DeletedRecord; back: ReactNode }

/** What stands in the place of a record that was deleted. */
export function DeletedNotice({ kind, record, back }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const restore = useBringBack(kind)
  const { name, restorable } = record
  const by = record.by_name
  const at = format.moment(record.at)
  const until = format.moment(record.until)
  return (
    <EmptyState
      icon={IconTrash}
      title={t`“${name}” was deleted`}
      text={
        <>
          {by ? (
            <Trans>
              By {by}, on {at}.
            </Trans>
          ) : (
            <Trans>On {at}.</Trans>
          )}{' '}
          {restorable ? (
            <Trans>It can be brought back as it was until {until}.</Trans>
          ) : (
            <Trans>Who may delete it can bring it back until {until}: ask them.</Trans>
          )}
        </>
      }
      action={
        <>
          {restorable && (
            <Button
              leftSection={<IconArrowBackUp size={16} />}
              loading={restore.isPending}
              onClick={() => restore.mutate(record)}
            >
              {t`Bring back`}
            </Button>
          )}
          {back}
        </>
      }
    />
  )
}
