import { useLingui } from '@lingui/react/macro'
import { useFormat } from '@/shared/i18n/format'

type Props = {
  currency: string
  of: {
    before: string | null
    discount: string | null
    vat: readonly { rate: string; sum: string }[]
    payable: string | null
  }
}

/** What lines come to: discounts, VAT of each rate, and all of it. */
export function Totals({ of, currency }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const money = (amount: string | null) => format.money({ amount: amount ?? '0', currency })
  return (
    <dl className="ln-totals g-num">
      {of.discount !== null && Number(of.discount) > 0 && (
        <>
          <dt>{t`Without discounts`}</dt>
          <dd>{money(of.before)}</dd>
          <dt>{t`Discount`}</dt>
          <dd>−{money(of.discount)}</dd>
        </>
      )}
      {of.vat.map(({ rate, sum }) => {
        const percent = format.exact(rate)
        return (
          <div key={rate} style={{ display: 'contents' }}>
            <dt>{t`VAT ${percent} %`}</dt>
            <dd>{money(sum)}</dd>
          </div>
        )
      })}
      <dt>
        <b>{t`Total`}</b>
      </dt>
      <dd>
        <b>{money(of.payable)}</b>
      </dd>
    </dl>
  )
}
