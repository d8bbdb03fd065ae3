import { Drawer, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type {
  ChangedDeal,
  ChangedDealsParams,
  DealThen,
  ForecastDeal,
  ForecastDealsParams,
  ForecastParams,
} from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { rowsOf } from '@/shared/lib/list'
import { stageOf, useColleagues, usePipelines } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag, type Tone } from '@/ui/tag'
import { useFocusBack } from '@/ui/use-focus-back'
import { changedDealsQuery, forecastDealsQuery } from './queries'

export type Filters = ForecastParams

/** Which figure was opened, and what it is called. */
export type Asked = { title: string } & (
  | { what: 'cell'; params: ForecastDealsParams }
  | { what: 'change'; params: ChangedDealsParams }
)

type Props = { asked: Asked; onClose: () => void }

/** The deals behind a figure, as they were: what is worth most first. */
export function Behind({ asked, onClose }: Props) {
  useFocusBack()
  return (
    <Drawer opened position="right" size="md" title={asked.title} onClose={onClose}>
      {asked.what === 'cell' ? (
        <OfCell params={asked.params} />
      ) : (
        <OfChange params={asked.params} />
      )}
    </Drawer>
  )
}

function OfCell({ params }: { params: ForecastDealsParams }) {
  const source = useInfiniteQuery(forecastDealsQuery(params))
  return (
    <Listing source={source}>
      {rowsOf(source.data).map((deal: ForecastDeal) => (
        <Row key={deal.deal_id} deal={deal} now={deal.then} />
      ))}
    </Listing>
  )
}

function OfChange({ params }: { params: ChangedDealsParams }) {
  const source = useInfiniteQuery(changedDealsQuery(params))
  return (
    <Listing source={source}>
      {rowsOf(source.data).map((deal: ChangedDeal) => (
        <Row key={deal.deal_id} deal={deal} before={deal.before} now={deal.now} />
      ))}
    </Listing>
  )
}

type ListingProps = {
  source: {
    data: unknown
    error: Error | null
    isPending: boolean
    refetch: () => unknown
    hasNextPage: boolean
    isFetchingNextPage: boolean
    fetchNextPage: () => unknown
  }
  children: ReactNode[]
}

function Listing({ source, children }: ListingProps) {
  const { t } = useLingui()
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={8} />
  if (children.length === 0) {
    return <Text size="sm" c="dimmed">{t`There are no deals behind this figure.`}</Text>
  }
  return (
    <>
      <ul className="fc-behind">{children}</ul>
      <ShowMore source={source} />
    </>
  )
}

type RowProps = {
  deal: { deal_id: string; title: string | null; removed: boolean }
  before?: DealThen | null
  now: DealThen | null
}

function Row({ deal, before, now }: RowProps) {
  const { t } = useLingui()
  const people = useColleagues()
  const shown = now ?? before
  const owner = people.find((one) => one.id === shown?.owner_id)?.name
  return (
    <li>
      <div className="fc-behind-top">
        {deal.removed ? (
          <span>
            {deal.title ?? t`A removed deal`} <Tag tone="red">{t`Removed`}</Tag>
          </span>
        ) : (
          <Link to="/deals/$id" params={{ id: deal.deal_id }} className="g-link">
            {deal.title}
          </Link>
        )}
        {owner && (
          <Text span size="xs" c="dimmed">
            {owner}
          </Text>
        )}
      </div>
      {before && <Then of={before} past={now !== null || deal.removed} />}
      {now && <Then of={now} />}
    </li>
  )
}

function Then({ of, past }: { of: DealThen; past?: boolean }) {
  const { t } = useLingui()
  const format = useFormat()
  const stage = stageOf(usePipelines(), of.stage_id)
  return (
    <div className="fc-then g-num" data-past={past || undefined}>
      {past && <span>{t({ message: 'was', context: 'deal' })}</span>}
      <span>{of.worth ? format.money(of.worth) : '—'}</span>
      {stage && <Tag tone={stage.tone as Tone}>{stage.name}</Tag>}
      <span>{format.percent(of.probability / 100)}</span>
      {of.expected_on && <span>{format.date(of.expected_on)}</span>}
    </div>
  )
}
