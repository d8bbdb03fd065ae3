import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useProblemText } from '@/shared/i18n/problems'
import { DELETED, type DeletedKind } from './kinds'

type Told = { id: string; name: string }

/** Brings a deleted record back; nothing that shows records is up to date then. */
export function useBringBack(kind: DeletedKind, after?: (id: string) => void) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problem = useProblemText()
  return useMutation({
    mutationFn: ({ id }: Told) => DELETED[kind].bringBack(id),
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
