import { useLingui } from '@lingui/react/macro'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { Column, Stage } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useMe } from '@/shared/reference'
import { Dot, type Tone } from '@/ui/tag'

type Props = {
  stage: Stage
  column: Column | undefined
  folded: boolean
  onFold: (id: string) => void
}

/**
 * A stage's name and its exact numbers: count, sum, sum weighted by the chance to win. Where there
 * are other currencies, the whole in the base currency comes first.
 */
export function ColumnHead({ stage, column, folded, onFold }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const { base_currency: base } = useMe()
  const sums = (column?.sums ?? []).toSorted(
    (a, b) => Number(b.currency === base) - Number(a.currency === base),
  )
  const foreign = sums.some((entry) => entry.currency !== base)
  const missing = (column?.base?.without_rate ?? []).join(', ')
  const told = (kind: 'sum' | 'weighted') => {
    const each = sums
      .map((entry) => format.money({ amount: entry[kind], currency: entry.currency }))
      .join(' + ')
    if (!foreign || !column?.base) return each
    const whole = `≈ ${format.money({ amount: column.base[kind], currency: base })}`
    return [whole, missing && t`no rate: ${missing}`, each].filter(Boolean).join(' · ')
  }
  const chance = format.percent(stage.probability / 100)
  return (
    <div className="dl-col-head">
      <div className="dl-col-name">
        <Dot tone={stage.tone as Tone} />
        <h2>{stage.name}</h2>
        <span className="g-num" data-count>
          {column && format.number(column.count)}
        </span>
        <button
          type="button"
          className="dl-card-menu"
          aria-expanded={!folded}
          aria-label={t`Column “${stage.name}”`}
          title={folded ? t`Unfold the column` : t`Fold the column`}
          onClick={() => onFold(stage.id)}
        >
          {folded ? (
            <IconChevronRight size={14} aria-hidden="true" />
          ) : (
            <IconChevronLeft size={14} aria-hidden="true" />
          )}
        </button>
      </div>
      <div className="dl-col-sum g-num" title={told('sum')} data-sum>
        <span className="g-sr">{t`Sum`}: </span>
        {told('sum') || '—'}
      </div>
      <div className="dl-col-weighted g-num">
        {stage.kind === 'open' && sums.length > 0 && (
          <span title={t`Weighted by ${chance}: ${told('weighted')}`} data-weighted>
            {chance} · {told('weighted')}
          </span>
        )}
      </div>
    </div>
  )
}
