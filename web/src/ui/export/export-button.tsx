import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconDownload } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { ViewKind } from '@/shared/api/generated/model'
import { useMay, type RightsObject } from '@/shared/reference'
import type { ListState } from '@/shared/views'

/** What leaves as a file: lists with views, and what is to be done. */
export type ExportedKind = ViewKind | 'meeting'

const OBJECTS: Record<ExportedKind, RightsObject> = {
  company: 'customers.company',
  person: 'customers.person',
  deal: 'sales.deal',
  task: 'activities.task',
  meeting: 'activities.meeting',
}

const ExportDialog = lazy(() =>
  import('./export-dialog').then((part) => ({ default: part.ExportDialog })),
)

type Props = {
  kind: ExportedKind
  /** What the list is asked for. */
  state: ListState
  /** The columns it shows, in their order; none where it has no columns. */
  shown: readonly { id: string }[]
}

/** A list as a file, for whoever may take it out. */
export function ExportButton({ kind, state, shown }: Props) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  if (!useMay(OBJECTS[kind], 'export')) return null
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        onClick={() => setOpen(true)}
      >
        {t({ message: 'Export', context: 'verb' })}
      </Button>
      {open && (
        <Suspense>
          <ExportDialog
            kind={kind}
            state={state}
            shown={shown.map(({ id }) => id)}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
