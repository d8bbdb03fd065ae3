import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useFormat } from '@/shared/i18n/format'
import { useMe } from '@/shared/reference'
import { boardQuery, type BoardFilters } from './queries'
import './in-base.css'

type Props = { pipelineId: string; filters: BoardFilters }

/** All that is open in a pipeline, in the base currency, and the same weighted. */
export function PipelineTotal({ pipelineId, filters }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const { base_currency: currency } = useMe()
  const whole = useQuery(boardQuery(pipelineId, filters)).data?.base
  // its place is kept: what is below would be pushed down
  if (!whole) return <span className="dl-total" />
  const sum = format.money({ amount: whole.sum, currency })
  const weighted = format.money({ amount: whole.weighted, currency })
  const missing = whole.without_rate.join(', ')
  return (
    <span className="dl-total" title={t`In the base currency, at the rates of today`} data-total>
      {t`Open: ${sum}, weighted ${weighted}`}
      {missing && ` · ${t`no rate: ${missing}`}`}
    </span>
  )
}
