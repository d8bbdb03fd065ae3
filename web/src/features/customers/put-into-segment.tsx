import { Button, Group, Modal, Select, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconFilterStar } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Selection } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import type { CustomerKind } from '@/shared/labels'
import { segmentsQuery, useMay } from '@/shared/reference'
import { FormProblem } from '@/ui/form-parts'
import { useFocusBack } from '@/ui/use-focus-back'
import { useSegmentChanges } from './segment-queries'

type Props = { kind: CustomerKind; of: Selection; onDone: () => void }

/** Puts what is chosen of a list into a segment, or takes it out. */
export function PutIntoSegment(props: Props) {
  const { t } = useLingui()
  const mayEdit = useMay('customers.segment', 'edit')
  const [open, setOpen] = useState(false)
  if (!mayEdit) return null
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconFilterStar size={14} />}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t({ message: 'Segment…', context: 'verb' })}
      </Button>
      {open && <Dialog {...props} onClose={() => setOpen(false)} />}
    </>
  )
}

function Dialog({ kind, of, onDone, onClose }: Props & { onClose: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  useFocusBack()
  const { put, takeOut } = useSegmentChanges()
  const [id, setId] = useState<string | null>(null)
  const { data: every = [] } = useQuery(segmentsQuery())
  const choices = every.filter((one) => one.kind === kind && one.how === 'static' && one.editable)
  const error = put.error ?? takeOut.error
  const move = (way: typeof put) => {
    if (id === null) return
    way.mutate(
      { id, of },
      {
        onSuccess: ({ moved }) => {
          const told = plural(moved, { one: '# record', other: '# records' })
          notifications.show({
            message: way === put ? t`Put into the segment: ${told}` : t`Taken out: ${told}`,
          })
          onClose()
          onDone()
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title={t`Put the chosen into a segment`}>
      <Stack gap="md">
        {error && <FormProblem>{problemText(error)}</FormProblem>}
        <Select
          data-autofocus
          label={t`Segment`}
          description={t`Those whose members come in by hand`}
          placeholder={t`Choose a segment`}
          nothingFoundMessage={t`Nothing found`}
          searchable
          data={choices.map(({ id: value, name }) => ({ value, label: name }))}
          value={id}
          onChange={setId}
        />
        <Group justify="flex-end">
          <Button
            variant="default"
            disabled={id === null}
            loading={takeOut.isPending}
            onClick={() => move(takeOut)}
          >
            {t`Take out`}
          </Button>
          <Button disabled={id === null} loading={put.isPending} onClick={() => move(put)}>
            {t`Put in`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
