import './mass.css'
import { Button } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconEdit, IconTrash, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import type { Selection, ViewKind } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import type { ListState } from '@/shared/views'
import type { GridSelection } from '@/ui/data-grid/selection'
import { MASS } from './kinds'
import { MassStrip } from './mass-strip'
import { useSelection } from './use-selection'

// with the calendar, which no list needs to be shown
const MassDialog = lazy(() =>
  import('./mass-dialog').then((part) => ({ default: part.MassDialog })),
)

const DeleteManyDialog = lazy(() =>
  import('./delete-dialog').then((part) => ({ default: part.DeleteManyDialog })),
)

type Mass = {
  /** Absent for whoever may change none. */
  selection: GridSelection | undefined
  /** What is chosen and what can be done with it; how the last mass edit stands. */
  bar: ReactNode
}

type More = {
  /** What else can be done with what is chosen. */
  actions?: (selection: GridSelection) => ReactNode
  /** What can be done with all that are found as well. */
  beside?: (of: Selection, done: () => void) => ReactNode
}

/**
 * Rows of a list chosen, to be changed together. With `actions` of its own they are chosen one by
 * one: what is found elsewhere is not among them.
 */
export function useMass(kind: ViewKind, state: ListState, { actions, beside }: More = {}): Mass {
  const mayEdit = useMay(MASS[kind].object, 'edit')
  const selection = useSelection(state)
  const [edit, setEdit] = useSessionStorage<string | null>({
    key: `mass.${kind}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const mayDelete = useMay(MASS[kind].object, 'delete')
  const [open, setOpen] = useState<'change' | 'delete'>()
  const close = useCallback(() => setEdit(null), [setEdit])
  const Dialog = open === 'delete' ? DeleteManyDialog : MassDialog
  if (!mayEdit) return { selection: undefined, bar: null }
  return {
    selection,
    bar: (
      <>
        {edit && <MassStrip kind={kind} id={edit} onNext={setEdit} onClose={close} />}
        {(selection.all || selection.count > 0) && (
          <ChosenBar
            selection={selection}
            mayDelete={mayDelete}
            onOpen={setOpen}
            actions={actions}
            beside={beside?.(selection.of, selection.onClear)}
          />
        )}
        {open && (
          <Suspense>
            <Dialog
              kind={kind}
              of={selection.of}
              onClose={() => setOpen(undefined)}
              onStarted={({ id }) => {
                setOpen(undefined)
                setEdit(id)
                selection.onClear()
              }}
            />
          </Suspense>
        )}
      </>
    ),
  }
}

type BarProps = {
  selection: GridSelection
  mayDelete: boolean
  onOpen: (dialog: 'change' | 'delete') => void
  actions: More['actions'] | undefined
  beside: ReactNode
}

function ChosenBar({ selection, mayDelete, onOpen, actions, beside }: BarProps) {
  const { t } = useLingui()
  const { all, count, onAll, onClear } = selection
  return (
    <div className="ms-strip" role="group" aria-label={t`Chosen records`}>
      <div className="ms-told" role="status">
        {all
          ? t`All that are found are chosen`
          : plural(count, { one: '# record is chosen', other: '# records are chosen' })}
      </div>
      {!all && !actions && (
        <Button size="compact-sm" variant="subtle" onClick={onAll}>
          {t`Choose all that are found`}
        </Button>
      )}
      <Button
        size="compact-sm"
        leftSection={<IconEdit size={14} />}
        aria-haspopup="dialog"
        onClick={() => onOpen('change')}
      >
        {t({ message: 'Change…', context: 'records' })}
      </Button>
      {mayDelete && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconTrash size={14} />}
          aria-haspopup="dialog"
          onClick={() => onOpen('delete')}
        >
          {t`Delete…`}
        </Button>
      )}
      {actions?.(selection)}
      {beside}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={14} />}
        onClick={onClear}
      >
        {t`Choose none`}
      </Button>
    </div>
  )
}
