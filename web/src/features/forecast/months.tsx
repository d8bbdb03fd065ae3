import { useLingui } from '@lingui/react/macro'
import type { Forecast, ForecastSums } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import type { Asked, Filters } from './behind'
import { useCellName } from './cells'
import { Figure } from './figure'

type Props = { data: Forecast; filters: Filters; onAsk: (asked: Asked) => void }

/** Every month with what is won, expected and to be won in it; then what has no month. */
export function Months({ data, filters, onAsk }: Props) {
  return (
    <ul className="fc-months">
      {data.totals
        .filter((cell) => cell.month !== null || cell.count > 0)
        .map((cell) => (
          <Month
            key={`${cell.month} ${cell.late}`}
            cell={cell}
            currency={data.currency}
            filters={filters}
            onAsk={onAsk}
          />
        ))}
    </ul>
  )
}

type MonthProps = {
  cell: ForecastSums
  currency: string
  filters: Filters
  onAsk: (asked: Asked) => void
}

function Month({ cell, currency, filters, onAsk }: MonthProps) {
  const { t } = useLingui()
  const format = useFormat()
  const name = useCellName()(cell)
  const money = (amount: string) => format.compactMoney({ amount, currency })
  const exact = (amount: string) => format.money({ amount, currency })
  const ask = (state: 'open' | 'won', title: string) =>
    onAsk({
      what: 'cell',
      title: `${name}: ${title}`,
      params: {
        ...filters,
        month: cell.month,
        late: cell.late,
        undated: cell.month === null && !cell.late,
        state,
      },
    })
  const figure = (label: string, amount: string, state: 'open' | 'won') => (
    <Figure
      label={label}
      value={money(amount)}
      title={exact(amount)}
      onOpen={() => ask(state, label)}
    />
  )
  const goal = cell.goal
  return (
    <li className="g-card fc-month">
      <h2>{name}</h2>
      <dl>
        {cell.month !== null && figure(t`Won`, cell.won, 'won')}
        {figure(t`Weighted`, cell.weighted, 'open')}
        {figure(t`By history`, cell.by_history, 'open')}
        {figure(t`In full`, cell.open, 'open')}
      </dl>
      {goal !== null && cell.missing !== null && (
        <>
          <progress
            className="fc-bar"
            max={100}
            value={share(cell.won, goal)}
            aria-label={t`Won of the goal`}
          />
          <div className="fc-goal g-num" title={`${exact(cell.won)} / ${exact(goal)}`}>
            {cell.missing === '0.00'
              ? t`Goal ${money(goal)}: reached`
              : t`Goal ${money(goal)}, ${money(cell.missing)} to go`}
          </div>
        </>
      )}
      {cell.goal_deals !== null && (
        <div className="fc-goal g-num">{t`Deals won: ${cell.won_count} of ${cell.goal_deals}`}</div>
      )}
    </li>
  )
}

/** Of a picture: percents need not be exact. */
const share = (won: string, goal: string) =>
  Number(goal) > 0 ? Math.min(100, (Number(won) / Number(goal)) * 100) : 100
