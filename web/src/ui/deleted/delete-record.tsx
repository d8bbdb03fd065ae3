import { ActionIcon, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconDots, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { DELETING, type PagedKind } from './kinds'
import { useToldDeleted } from './undo'

type Props = { kind: PagedKind; record: { id: string; version: number; name: string } | undefined }

/** What else can be done with a record: it is deleted, after a question, and comes back by “Undo”. */
export function RecordMenu({ kind, record }: Props) {
  const { t } = useLingui()
  const may = useMay(DELETING[kind].object, 'delete')
  const [asks, setAsks] = useState(false)
  const remove = useDelete(kind, () => setAsks(false))
  if (!may || !record) return null
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={t`More`} title={t`More`}>
            <IconDots size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setAsks(true)}>
            {t`Delete…`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asks}
        title={t`Delete “${record.name}”?`}
        verb={t`Delete`}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(record)}
        onClose={() => setAsks(false)}
      >
        <WhatHappens kind={kind} />
      </Confirm>
    </>
  )
}

/** What becomes of a record that is deleted, and of what names it. */
function WhatHappens({ kind }: { kind: PagedKind }) {
  const { t } = useLingui()
  const words: Record<PagedKind, string> = {
    company: t`The company leaves all lists, searches and reports. Its people, deals, tasks and notes stay, and show nothing of it.`,
    person: t`The person leaves all lists, searches and reports. Their deals, tasks and notes stay, and show nothing of them.`,
    deal: t`The deal leaves the board, all lists, sums and reports, and rules do nothing more with it. Its tasks and notes stay, and show nothing of it.`,
  }
  return (
    <>
      {words[kind]} {t`For 30 days it can be brought back as it was.`}
    </>
  )
}

function useDelete(kind: PagedKind, after: () => void) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const problem = useProblemText()
  const { remove, list, page } = DELETING[kind]
  const tell = useToldDeleted(kind, (id) => void navigate({ to: page, params: { id } }))
  return useMutation({
    mutationFn: ({ id, version }: NonNullable<Props['record']>) => remove(id, { version }),
    onSuccess: async (deleted) => {
      after()
      await navigate({ to: list })
      tell(deleted)
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: t`It was not deleted`, message: problem(error) }),
    onSettled: () => queries.invalidateQueries(),
  })
}
