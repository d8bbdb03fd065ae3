import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MassEdit, Selection, ViewKind } from '@/shared/api/generated/model'
import { keyed } from '@/shared/api/http'
import { useProblemText } from '@/shared/i18n/problems'
import { useFocusBack } from '@/ui/use-focus-back'
import { MASS, type MassDraft } from './kinds'
import { Told } from './told'

type Props = {
  kind: ViewKind
  of: Selection
  onStarted: (edit: MassEdit) => void
  onClose: () => void
}

/** Asks before many records are deleted; how many are is told before. */
export function DeleteManyDialog({ kind, of, onStarted, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const problem = useProblemText()
  const { preview, start } = MASS[kind]
  const draft: MassDraft = { of, delete: true }
  const [key, setKey] = useState(() => crypto.randomUUID())
  const told = useQuery({
    queryKey: ['mass-preview', kind, draft],
    queryFn: async ({ signal }) => await preview(draft, { signal }),
    gcTime: 0,
    retry: false,
  })
  const begin = useMutation({
    mutationFn: () => start(draft, keyed(key)),
    onSuccess: onStarted,
    onError: () => setKey(crypto.randomUUID()),
  })
  const many = told.data?.changing ?? 0
  const error = begin.error ?? told.error
  return (
    <Modal opened onClose={onClose} title={t`Delete the chosen records`}>
      <Stack gap="md">
        <Text size="sm">
          {t`They leave all lists, searches, sums and reports. What names them stays, and shows nothing of them. For 30 days they can be brought back: all at once by “Undo”, or each by itself.`}
        </Text>
        {error && (
          <Alert color="red" role="alert">
            {problem(error)}
          </Alert>
        )}
        <div role="status">{told.data && <Told {...told.data} deleting />}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t`Cancel`}
          </Button>
          <Button
            data-autofocus
            loading={begin.isPending || told.isFetching}
            disabled={many === 0}
            onClick={() => begin.mutate()}
          >
            {many === 0
              ? t`Delete`
              : plural(many, { one: 'Delete # record', other: 'Delete # records' })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
