import { Modal } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { CommandId, Commands, RunCommand } from '@/shared/commands'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { useTypedAhead } from './typed-ahead'

export type OpenDialog = { [Id in CommandId]: { id: Id; args: Commands[Id] } }[CommandId]

type Props = { open: OpenDialog | undefined; onClose: () => void; run: RunCommand }

/** What commands open, over whatever page one is on; each part is fetched when first opened. */
export function Dialogs({ open, onClose, run }: Props) {
  if (!open) return null
  if (open.id === 'palette.open') return <PaletteDialog onClose={onClose} run={run} />
  if (open.id === 'keys.show') return <KeysDialog onClose={onClose} />
  return <FormDialog open={open} onClose={onClose} />
}

const loadPalette = () => import('./palette').then((part) => ({ default: part.Palette }))
const loadForms = () => import('./forms').then((part) => ({ default: part.Forms }))
const loadKeys = () => import('./keys-help').then((part) => ({ default: part.KeysHelp }))
const Keys = lazy(loadKeys)
const Palette = lazy(loadPalette)
const Forms = lazy(loadForms)

function PaletteDialog({ onClose, run }: Omit<Props, 'open'>) {
  const [typed, setTyped] = useState('')
  useFocusBack()
  useTypedAhead('.mantine-Spotlight-content', setTyped)
  if (!useFetched(loadPalette, onClose)) return null
  return (
    <Suspense>
      <Palette onClose={onClose} run={run} typed={typed} onType={setTyped} />
    </Suspense>
  )
}

/** What is created by a form. */
export type FormOf = Exclude<OpenDialog, { id: 'palette.open' | 'keys.show' }>

function KeysDialog({ onClose }: { onClose: () => void }) {
  if (!useFetched(loadKeys, onClose)) return null
  return (
    <Suspense>
      <Keys onClose={onClose} />
    </Suspense>
  )
}

type FormProps = { open: FormOf; onClose: () => void }

function FormDialog({ open, onClose }: FormProps) {
  const { t } = useLingui()
  const fetched = useFetched(loadForms, onClose)
  useFocusBack()
  const titles = {
    'companies.create': t`New company`,
    'deals.create': t`New deal`,
    'people.create': t`New person`,
    'tasks.create': t`New task`,
  }
  return (
    <Modal opened onClose={onClose} title={titles[open.id]} size="lg">
      <Suspense fallback={<ListSkeleton />}>
        {fetched ? <Forms open={open} onClose={onClose} /> : <ListSkeleton />}
      </Suspense>
    </Modal>
  )
}

/** Whether a part's code is here. What cannot be fetched is told, and may be tried again. */
function useFetched(load: () => Promise<unknown>, onClose: () => void): boolean {
  const { t } = useLingui()
  const [fetched, setFetched] = useState(false)
  useEffect(() => {
    let wanted = true
    async function fetchPart() {
      try {
        await load()
        if (wanted) setFetched(true)
      } catch {
        if (!wanted) return
        const title = t`This could not be opened`
        const message = t`Its code was not fetched. Check the connection and try again.`
        notifications.show({ color: 'red', title, message })
        onClose()
      }
    }
    void fetchPart()
    return () => {
      wanted = false
    }
    // oxlint-disable-next-line react/exhaustive-deps -- fetched once per opening
  }, [load])
  return fetched
}
