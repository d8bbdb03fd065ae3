import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Restoration } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'

export type Restore = { run: (restoration: Restoration) => void; busy: boolean }

/** Brings the value back that a field of a record had; `key` is what is read anew afterwards. */
export function useRestore(
  restore: (restoration: Restoration) => Promise<unknown>,
  key: readonly string[],
): Restore {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  const { mutate, isPending } = useMutation({
    mutationFn: (restoration: Restoration) => restore(restoration),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: key })
      notifications.show({ message: t`The earlier value is back.` })
    },
    onError: (error) => {
      void queries.invalidateQueries({ queryKey: key })
      notifications.show({ color: 'red', message: explain(error) })
    },
  })
  return { run: (restoration) => mutate(restoration), busy: isPending }
}
