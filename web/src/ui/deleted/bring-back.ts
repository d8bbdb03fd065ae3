import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ViewKind } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { DELETING } from './kinds'

type Told = { id: string; name: string }

/** Brings a deleted record back; nothing that shows records is up to date then. */
export function useBringBack(kind: ViewKind, after?: (id: string) => void) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problem = useProblemText()
  return useMutation({
    mutationFn: ({ id }: Told) => DELETING[kind].bringBack(id),
    onSuccess: ({ id }, { name }) => {
      notifications.show({ message: t`“${name}” is there again` })
      after?.(id)
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: t`It was not brought back`,
        message: problem(error),
      }),
    onSettled: () => queries.invalidateQueries(),
  })
}
