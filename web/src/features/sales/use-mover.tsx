import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useCallback, useState, type ReactNode } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { dropDraft } from '@/shared/lib/draft'
import { stageOf, usePipelines } from '@/shared/reference'
import { leads, missing } from '@/shared/stage-needs'
import { useMoveDeal } from './changes'
import { LoseDialog } from './lose-dialog'
import { NeedsDialog } from './needs-dialog'

const lossDraft = (deal: Deal) => `deal.${deal.id}.lost_reason`

type Asked = { deal: Deal; stage: Stage; what: 'needs' | 'loss' }

/**
 * Moving deals, with what a stage asks first: its needs, and of a lost deal the reason. `dialog` is
 * to be drawn by the page.
 */
export function useMover(): {
  /** False when nothing is moved yet, because something is asked for, or the way is closed. */
  move: (deal: Deal, stage: Stage) => boolean
  dialog: ReactNode
} {
  const { t } = useLingui()
  const { mutate } = useMoveDeal()
  const pipelines = usePipelines()
  const [asked, setAsked] = useState<Asked>()
  const move = useCallback(
    (deal: Deal, stage: Stage) => {
      const from = stageOf(pipelines, deal.stage_id)
      if (!leads(from, stage)) {
        const name = from?.name
        const ways = pipelines
          .flatMap((pipeline) => pipeline.stages)
          .filter((one) => from?.leads_to?.includes(one.id))
          .map((one) => one.name)
          .join(', ')
        notifications.show({
          color: 'red',
          title: t`The deal was not moved`,
          message: ways
            ? t`From “${name}” a deal goes on to: ${ways}.`
            : t`From “${name}” a deal goes nowhere.`,
        })
        return false
      }
      if (missing(deal, stage).length > 0) {
        setAsked({ deal, stage, what: 'needs' })
        return false
      }
      if (stage.kind === 'lost') {
        setAsked({ deal, stage, what: 'loss' })
        return false
      }
      mutate({ deal, stage })
      return true
    },
    [mutate, pipelines, t],
  )
  const close = () => setAsked(undefined)
  const pipeline = pipelines.find((one) => one.id === asked?.deal.pipeline_id)
  const dialog =
    asked?.what === 'needs' ? (
      <NeedsDialog
        deal={asked.deal}
        stage={asked.stage}
        onClose={close}
        onFilled={(deal) => {
          close()
          move(deal, asked.stage)
        }}
      />
    ) : (
      asked && (
        <LoseDialog
          draft={lossDraft(asked.deal)}
          title={asked.deal.title}
          reasons={pipeline?.lost_reasons ?? []}
          needed={pipeline?.reason_needed ?? true}
          onClose={close}
          onLose={(lostReason, lostTo) => {
            // kept until it is saved: a refused loss may be tried again
            const { deal, stage } = asked
            mutate(
              { deal, stage, ...(lostReason && { lostReason }), ...(lostTo && { lostTo }) },
              { onSuccess: () => dropDraft(lossDraft(deal)) },
            )
            close()
          }}
        />
      )
    )
  return { move, dialog }
}
