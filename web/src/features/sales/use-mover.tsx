import { useCallback, useState, type ReactNode } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { dropDraft } from '@/shared/lib/draft'
import { useMoveDeal } from './changes'
import { LoseDialog } from './lose-dialog'

const lossDraft = (deal: Deal) => `deal.${deal.id}.lost_reason`

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
      draft={lossDraft(asked.deal)}
      title={asked.deal.title}
      onClose={close}
      onLose={(lostReason) => {
        // kept until it is saved: a refused loss may be tried again
        const { deal } = asked
        mutate({ ...asked, lostReason }, { onSuccess: () => dropDraft(lossDraft(deal)) })
        close()
      }}
    />
  )
  return { move, dialog }
}
