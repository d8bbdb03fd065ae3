import { SegmentedControl, Select, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat } from '@/shared/i18n/format'
import { given } from '@/shared/lib/list'
import { useMay, usePipelines } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Behind, type Asked } from './behind'
import { Chances } from './chances'
import { Changes } from './changes'
import { GoalDialog, type GoalOf } from './goal-dialog'
import { Months } from './months'
import { forecastQuery } from './queries'
import { Table } from './table'
import './forecast.css'

/** The filters as they stand in the address. */
export type ForecastSearch = {
  by?: 'owner' | 'team' | undefined
  pipeline?: string | undefined
  day?: string | undefined
  since?: string | undefined
  months?: number | undefined
}

type Props = { search: ForecastSearch; onSearch: (search: ForecastSearch) => void }

const MONTHS = [3, 6, 12]

/** What is to come, month by month, as it stands now or stood on a day; and what changed since. */
export function ForecastPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const pipelines = usePipelines()
  const mayAim = useMay('sales.goal', 'edit')
  const [asked, setAsked] = useState<Asked>()
  const [goal, setGoal] = useState<GoalOf>()
  const by = search.by ?? 'owner'
  const months = search.months ?? 6
  const filters = { by, months, ...given({ pipeline_id: search.pipeline, as_of: search.day }) }
  const { data, error, refetch } = useQuery(forecastQuery(filters))
  const set = (change: ForecastSearch) => onSearch({ ...search, ...change })
  const missing = data?.without_rate.join(', ')
  return (
    <Page
      title={t`Forecast`}
      hint={search.day && data ? t`as it stood on ${format.date(data.as_of)}` : undefined}
      filters={
        <>
          <SegmentedControl
            aria-label={t`By whom`}
            data={[
              { value: 'owner', label: t`By owner` },
              { value: 'team', label: t`By team` },
            ]}
            value={by}
            onChange={(value) => set({ by: value === 'team' ? 'team' : undefined })}
          />
          <Select
            aria-label={t`Pipeline`}
            placeholder={t`All pipelines`}
            w={160}
            clearable
            data={pipelines.map((one) => ({ value: one.id, label: one.name }))}
            value={search.pipeline ?? null}
            onChange={(id) => set({ pipeline: id ?? undefined })}
          />
          <SegmentedControl
            aria-label={t`Months ahead`}
            data={MONTHS.map((months) => ({ value: String(months), label: t`${months} mo.` }))}
            value={String(months)}
            onChange={(months) => set({ months: Number(months) })}
          />
          <div className="fc-day">
            <DateField
              aria-label={t`As of`}
              placeholder={t`As of today`}
              value={search.day ?? null}
              onChange={(day) => {
                if (!day || /^\d{4}-\d\d-\d\d$/.test(day)) set({ day: day ?? undefined })
              }}
            />
          </div>
        </>
      }
    >
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <ListSkeleton rows={8} />
      ) : (
        <div className="fc">
          {missing && (
            <Text size="sm" c="dimmed">
              {t`Counted as nothing, for want of a rate: ${missing}`}
            </Text>
          )}
          <Months data={data} filters={filters} onAsk={setAsked} />
          <Section title={by === 'team' ? t`By team` : t`By owner`}>
            <Table
              data={data}
              filters={filters}
              onAsk={setAsked}
              onAim={mayAim && !search.pipeline ? setGoal : undefined}
            />
          </Section>
          <Changes
            filters={given({
              pipeline_id: search.pipeline,
              as_of: search.day,
              since: search.since,
            })}
            onSince={(since) => set({ since })}
            onAsk={setAsked}
          />
          <Chances pipelineId={search.pipeline} />
        </div>
      )}
      {asked && <Behind asked={asked} onClose={() => setAsked(undefined)} />}
      {goal && <GoalDialog of={goal} onClose={() => setGoal(undefined)} />}
    </Page>
  )
}
