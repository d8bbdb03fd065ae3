import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Deal } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useMe } from '@/shared/reference'
import { dealInBaseQuery } from './queries'
import './in-base.css'

/** What a sum in another currency is worth, and by which rate; nothing of one in the base currency. */
export function DealInBase({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  const format = useFormat()
  const { base_currency: base } = useMe()
  const worth = deal.worth
  const foreign = worth !== null && worth.currency !== base
  const { data } = useQuery({ ...dealInBaseQuery(deal.id, deal.version), enabled: foreign })
  if (!foreign || !data) return null
  const { base: whole, day, units, value } = data
  if (!whole || !day || !units || !value) {
    return <div className="dl-in-base">{t`No rate of ${worth.currency} yet`}</div>
  }
  const since = format.date(day)
  const rate = `${format.number(units)} ${worth.currency} = ${format.exact(value)} ${base}`
  return (
    <div className="dl-in-base g-num" title={rate}>
      {data.kept
        ? t`≈ ${format.money(whole)} at the rate of ${since}, kept at closing`
        : t`≈ ${format.money(whole)} at the rate of ${since}`}
    </div>
  )
}
