import { SegmentedControl, Select, Skeleton } from '@mantine/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState, type ComponentType } from 'react'
import type { Deal } from '@/shared/api/generated/model'
import { useMe, usePipelines } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { OwnerFilter } from '@/ui/owner-select'
import { Behind, type Bar } from './behind'
import { Charts } from './charts'
import { dashboardQuery } from './queries'
import './dashboard.css'

/** The filters as they stand in the address. */
type DashboardSearch = {
  pipeline?: string | undefined
  owner?: string | undefined
  currency?: string | undefined
  months?: number | undefined
}

type Props = {
  search: DashboardSearch
  onSearch: (search: DashboardSearch) => void
  /** How another part of the product shows deals one under another. */
  DealRows: ComponentType<{ deals: readonly Deal[] }>
}

const MONTHS = [3, 6, 12, 24]

/** What was won, what is under way, what is expected, who does what; every bar opens its deals. */
export function DashboardPage({ search, onSearch, DealRows }: Props) {
  const { t } = useLingui()
  const { base_currency } = useMe()
  const pipelines = usePipelines()
  const [bar, setBar] = useState<Bar>()
  const filters = {
    pipeline_id: search.pipeline,
    owner_id: search.owner,
    currency: search.currency ?? base_currency,
    months: search.months ?? 12,
  }
  const { data, error, refetch } = useQuery(
    dashboardQuery({
      ...filters,
      pipeline_id: search.pipeline ?? null,
      owner_id: search.owner ?? null,
    }),
  )
  const set = (change: DashboardSearch) => onSearch({ ...search, ...change })
  const currencies = [...new Set([filters.currency, ...(data?.currencies ?? [])])]
  return (
    <Page
      title={t`Dashboard`}
      hint={
        data && (
          <Trans>
            as of <RelativeTime at={data.fresh_at} />
          </Trans>
        )
      }
      filters={
        <>
          <Select
            aria-label={t`Pipeline`}
            placeholder={t`All pipelines`}
            w={160}
            clearable
            data={pipelines.map((one) => ({ value: one.id, label: one.name }))}
            value={search.pipeline ?? null}
            onChange={(id) => set({ pipeline: id ?? undefined })}
          />
          <OwnerFilter value={search.owner} onChange={(owner) => set({ owner })} />
          <Select
            aria-label={t`Currency`}
            w={90}
            allowDeselect={false}
            data={currencies}
            value={filters.currency}
            onChange={(currency) => set({ currency: currency ?? undefined })}
          />
          <SegmentedControl
            aria-label={t`Months back`}
            data={MONTHS.map((months) => ({ value: String(months), label: t`${months} mo.` }))}
            value={String(filters.months)}
            onChange={(months) => set({ months: Number(months) })}
          />
        </>
      }
    >
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <div className="db-grid" aria-busy="true">
          {[1, 2, 3, 4].map((chart) => (
            <Skeleton key={chart} h={340} radius="lg" />
          ))}
        </div>
      ) : (
        <Charts
          data={data}
          currency={filters.currency}
          pipelineId={search.pipeline}
          onPick={setBar}
        />
      )}
      {bar && (
        <Behind bar={bar} filters={filters} DealRows={DealRows} onClose={() => setBar(undefined)} />
      )}
    </Page>
  )
}
