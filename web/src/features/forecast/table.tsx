import { ActionIcon, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconTargetArrow } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { Forecast, ForecastRow } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useColleagues, useTeams } from '@/shared/reference'
import type { Asked, Filters } from './behind'
import { useCellName } from './cells'
import type { GoalOf } from './goal-dialog'

type Props = {
  data: Forecast
  filters: Filters
  onAsk: (asked: Asked) => void
  onAim: ((goal: GoalOf) => void) | undefined
}

const placeOf = ({ month, late }: { month: string | null; late: boolean }) => `${month} ${late}`

/** Each owner or team, month by month: weighted, in full, won, and what is to be won. */
export function Table({ data, filters, onAsk, onAim }: Props) {
  const { t } = useLingui()
  const nameOf = useCellName()
  const people = useColleagues()
  const teams = useTeams()
  const byOwner = filters.by !== 'team'
  const cells = useMemo(() => data.totals.filter((one) => one.month || one.count > 0), [data])
  const lines = useMemo(() => {
    const names = new Map((byOwner ? people : teams).map((one) => [one.id, one.name]))
    const found = new Map<string | null, Map<string, ForecastRow>>()
    for (const row of data.rows) {
      const line = found.get(row.who) ?? new Map<string, ForecastRow>()
      line.set(placeOf(row), row)
      found.set(row.who, line)
    }
    return [...found]
      .map(([who, row]) => ({ who, row, name: (who && names.get(who)) || '' }))
      .toSorted((a, b) => Number(!a.name) - Number(!b.name) || a.name.localeCompare(b.name))
  }, [data, people, teams, byOwner])
  if (lines.length === 0) {
    return <Text size="sm" c="dimmed">{t`There are no deals and no goals in these months.`}</Text>
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by key
    <div className="fc-scroll" tabIndex={0} role="group" aria-label={t`Months`}>
      <table className="fc-table">
        <thead>
          <tr>
            <th scope="col">{byOwner ? t`Owner` : t`Team`}</th>
            {cells.map((cell) => (
              <th key={placeOf(cell)} scope="col">
                {nameOf(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ who, name, row }) => (
            <tr key={who ?? ''}>
              <th scope="row">{name || t`Without a team`}</th>
              {cells.map((cell) => (
                <td key={placeOf(cell)}>
                  <Cell
                    row={row.get(placeOf(cell))}
                    currency={data.currency}
                    onAsk={(state) =>
                      onAsk({
                        what: 'cell',
                        title: `${name || t`Without a team`}, ${nameOf(cell)}`,
                        params: {
                          ...filters,
                          month: cell.month,
                          late: cell.late,
                          undated: cell.month === null && !cell.late,
                          ...(who ? { who } : { nobody: true }),
                          state,
                        },
                      })
                    }
                  />
                  {onAim && who && cell.month && (
                    <ActionIcon
                      className="fc-aim"
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={t`Goal of ${name}, ${nameOf(cell)}`}
                      onClick={() =>
                        onAim({
                          month: cell.month ?? '',
                          name,
                          ...(byOwner ? { user_id: who } : { team_id: who }),
                        })
                      }
                    >
                      <IconTargetArrow size={15} />
                    </ActionIcon>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

type CellProps = {
  row: ForecastRow | undefined
  currency: string
  onAsk: (state: 'open' | 'won') => void
}

function Cell({ row, currency, onAsk }: CellProps) {
  const { t } = useLingui()
  const format = useFormat()
  if (!row) return <span className="fc-quiet">—</span>
  const money = (amount: string) => format.compactMoney({ amount, currency })
  const exact = (amount: string) => format.money({ amount, currency })
  const weighted = exact(row.weighted)
  const full = exact(row.open)
  const open = row.count - row.won_count
  return (
    <div className="fc-cell g-num">
      {open > 0 && (
        <button
          type="button"
          className="g-link fc-open"
          title={t`Weighted ${weighted}, in full ${full}`}
          onClick={() => onAsk('open')}
        >
          {money(row.weighted)} <span className="fc-quiet">/ {money(row.open)}</span>
        </button>
      )}
      {row.won_count > 0 && (
        <button
          type="button"
          className="g-link fc-open fc-won"
          title={exact(row.won)}
          onClick={() => onAsk('won')}
        >
          {t`won ${money(row.won)}`}
        </button>
      )}
      {row.goal !== null && row.missing !== null && (
        <span className="fc-quiet" title={exact(row.goal)}>
          {row.missing === '0.00'
            ? t`goal ${money(row.goal)}: reached`
            : t`goal ${money(row.goal)}, ${money(row.missing)} to go`}
        </span>
      )}
      {row.goal_deals !== null && (
        <span className="fc-quiet">{t`deals: ${row.won_count} of ${row.goal_deals}`}</span>
      )}
      {row.count === 0 && row.goal === null && row.goal_deals === null && '—'}
    </div>
  )
}
