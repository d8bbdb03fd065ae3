import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type {
  ChangeKind,
  ForecastChange,
  ForecastChanges,
  ForecastChangesParams,
} from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { given } from '@/shared/lib/list'
import { DateField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { OwnerFilter } from '@/ui/owner-select'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useState } from 'react'
import type { Asked } from './behind'
import { changesQuery } from './queries'

const KINDS: Record<ChangeKind, MessageDescriptor> = {
  new: msg`New deals`,
  reopened: msg`Reopened`,
  taken: msg`Came from others`,
  given: msg`Went to others`,
  won: msg({ message: 'Won', context: 'deals' }),
  lost: msg({ message: 'Lost', context: 'deals' }),
  removed: msg({ message: 'Removed', context: 'deals' }),
  sum_up: msg`Sum went up`,
  sum_down: msg`Sum went down`,
  chance_up: msg`Likelier than before`,
  chance_down: msg`Less likely than before`,
  earlier: msg`Moved to an earlier month`,
  later: msg`Moved to a later month`,
}

type Props = {
  filters: ForecastChangesParams
  onSince: (day: string | undefined) => void
  onAsk: (asked: Asked) => void
}

/** What became of the open deals since a day, this week's Monday unless told. */
export function Changes({ filters, onSince, onAsk }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const [owner, setOwner] = useState<string>()
  const asked = given({ ...filters, owner_id: owner })
  const { data, error, refetch } = useQuery(changesQuery(asked))
  const since = data && format.date(data.since)
  return (
    <Section
      title={since ? t`What changed since ${since}` : t`What changed`}
      actions={
        <div className="fc-actions">
          <OwnerFilter value={owner} onChange={setOwner} />
          <div className="fc-day">
            <DateField
              aria-label={t`Since`}
              placeholder={t`Since Monday`}
              value={filters.since ?? null}
              onChange={(day) => {
                if (!day || /^\d{4}-\d\d-\d\d$/.test(day)) onSince(day ?? undefined)
              }}
            />
          </div>
        </div>
      }
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <ListSkeleton rows={4} />
      ) : (
        <Told data={data} asked={asked} onAsk={onAsk} />
      )}
    </Section>
  )
}

type ToldProps = {
  data: ForecastChanges
  asked: ForecastChangesParams
  onAsk: (asked: Asked) => void
}

function Told({ data, asked, onAsk }: ToldProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const money = (amount: string) => format.money({ amount, currency: data.currency })
  const by = (amount: string) =>
    amount === '0.00' ? '—' : amount.startsWith('-') ? money(amount) : `+${money(amount)}`
  const happened = data.changes.filter((change) => change.count > 0)
  const open = (change: ForecastChange) =>
    onAsk({
      what: 'change',
      title: i18n._(KINDS[change.kind]),
      params: { ...asked, kind: change.kind },
    })
  return (
    <>
      {happened.length === 0 && <Text size="sm" c="dimmed">{t`Nothing has changed.`}</Text>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by key */}
      <div className="fc-scroll" tabIndex={0} role="group" aria-label={t`Changes`}>
        <table className="fc-table fc-changes">
          <thead>
            <tr>
              <th scope="col">{t`What happened`}</th>
              <th scope="col">{t`Deals`}</th>
              <th scope="col">{t`Weighted`}</th>
              <th scope="col">{t`In full`}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t`Open before`}</th>
              <td className="g-num">{format.number(data.before.count)}</td>
              <td className="g-num">{money(data.before.weighted)}</td>
              <td className="g-num">{money(data.before.open)}</td>
            </tr>
            {happened.map((change) => (
              <tr key={change.kind}>
                <th scope="row">
                  <button
                    type="button"
                    className="g-link fc-open"
                    data-kind={change.kind}
                    onClick={() => open(change)}
                  >
                    {i18n._(KINDS[change.kind])}
                  </button>
                </th>
                <td className="g-num">{format.number(change.count)}</td>
                <td className="g-num">{by(change.weighted)}</td>
                <td className="g-num">{by(change.open)}</td>
              </tr>
            ))}
            {data.rates.count > 0 && (
              <tr>
                <th scope="row">{t`Exchange rates`}</th>
                <td className="g-num">{format.number(data.rates.count)}</td>
                <td className="g-num">{by(data.rates.weighted)}</td>
                <td className="g-num">{by(data.rates.open)}</td>
              </tr>
            )}
            <tr className="fc-total">
              <th scope="row">{t`Open at the end`}</th>
              <td className="g-num">{format.number(data.now.count)}</td>
              <td className="g-num">{money(data.now.weighted)}</td>
              <td className="g-num">{money(data.now.open)}</td>
            </tr>
          </tbody>
        </table>
      </div>
    </>
  )
}
