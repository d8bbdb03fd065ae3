import { useLingui } from '@lingui/react/macro'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { leads } from '@/shared/stage-needs'

type Props = {
  deal: Deal
  stages: readonly Stage[]
  fixed: boolean
  onMove: (deal: Deal, stage: Stage) => void
}

/** The way through the pipeline: what is passed, where the deal is, a click moves it. */
export function StageBar({ deal, stages, fixed, onMove }: Props) {
  const { t } = useLingui()
  const at = stages.findIndex((stage) => stage.id === deal.stage_id)
  return (
    <ol className="dl-steps" aria-label={t`Stages`}>
      {stages.map((stage, index) => (
        <li key={stage.id}>
          <button
            type="button"
            className="dl-step"
            disabled={fixed || (index !== at && !leads(stages[at], stage))}
            data-passed={(index < at && deal.kind !== 'lost') || undefined}
            aria-current={index === at ? 'step' : undefined}
            onClick={() => index !== at && onMove(deal, stage)}
          >
            {stage.name}
          </button>
        </li>
      ))}
    </ol>
  )
}
