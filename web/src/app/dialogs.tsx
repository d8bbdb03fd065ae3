import { Modal } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense } from 'react'
import type { CommandId, Commands, RunCommand } from '@/shared/commands'
import { ListSkeleton } from '@/ui/skeletons'

export type OpenDialog = { [Id in CommandId]: { id: Id; args: Commands[Id] } }[CommandId]

const Palette = lazy(() => import('./palette').then((part) => ({ default: part.Palette })))
const Forms = lazy(() => import('./forms').then((part) => ({ default: part.Forms })))

type Props = { open: OpenDialog | undefined; onClose: () => void; run: RunCommand }

/** What commands open, over whatever page one is on; each part is fetched when first opened. */
export function Dialogs({ open, onClose, run }: Props) {
  const { t } = useLingui()
  if (!open) return null
  if (open.id === 'palette.open') {
    return (
      <Suspense>
        <Palette onClose={onClose} run={run} />
      </Suspense>
    )
  }
  const titles = {
    'companies.create': t`New company`,
    'deals.create': t`New deal`,
    'people.create': t`New person`,
    'tasks.create': t`New task`,
  }
  return (
    <Modal opened onClose={onClose} title={titles[open.id]} size="lg">
      <Suspense fallback={<ListSkeleton />}>
        <Forms open={open} onClose={onClose} />
      </Suspense>
    </Modal>
  )
}
