import { useCallback, useState, type ReactNode } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { useMoveDeal } from './changes'
import { LoseDialog } from './lose-dialog'

/** Moving deals, with the question a lost stage asks first. `dialog` is to be drawn by the page. */
export function useMover(): {
  /** False when nothing is moved yet, because the reason of a loss is asked for. */
  move: (deal: Deal, stage: Stage) => boolean
  dialog: ReactNode
} {
  const { mutate } = useMoveDeal()
  const [asked, setAsked] = useState<{ deal: Deal; stage: Stage }>()
  const move = useCallback(
    (deal: Deal, stage: Stage) => {
      if (stage.kind === 'lost') {
        setAsked({ deal, stage })
        return false
      }
      mutate({ deal, stage })
      return true
    },
    [mutate],
  )
  const close = () => setAsked(undefined)
  const dialog = asked && (
    <LoseDialog
      title={asked.deal.title}
      onClose={close}
      onLose={(lostReason) => {
        mutate({ ...asked, lostReason })
        close()
      }}
    />
  )
  return { move, dialog }
}
