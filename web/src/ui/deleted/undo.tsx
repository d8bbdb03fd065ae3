import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useBringBack } from './bring-back'
import type { DeletedKind } from './kinds'

/** Tells what was deleted, and how it comes back while one still remembers why. */
export function useToldDeleted(kind: DeletedKind, after?: (id: string) => void) {
  const { t } = useLingui()
  const back = useBringBack(kind, after)
  return ({ id, name }: { id: string; name: string }) => {
    const toast = `deleted.${id}`
    notifications.show({
      id: toast,
      autoClose: 12_000,
      title: t`“${name}” is deleted`,
      message: (
        <Button
          mt={6}
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(toast)
            back.mutate({ id, name })
          }}
        >
          {t`Undo`}
        </Button>
      ),
    })
  }
}
