import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useCallback, useMemo } from 'react'
import type { Dashboard } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { stageOf, useColleagues, usePipelines } from '@/shared/reference'
import { Chart, type ChartPoint } from '@/ui/chart/chart'
import { Section } from '@/ui/page'
import type { Bar } from './behind'
import { bars, countAxis, moneyAxis } from './options'

type Props = {
  data: Dashboard
  currency: string
  /** The pipeline chosen; its funnel is shown, or the first one's. */
  pipelineId: string | undefined
  onPick: (bar: Bar) => void
}

/** For drawing only: a float is exact enough for the height of a bar. */
const height = (amount: string) => Number(amount)

const MEASURES = ['opened', 'moved', 'won'] as const

export function Charts(props: Props) {
  return (
    <div className="db-grid">
      <Won {...props} />
      <Forecast {...props} />
      <Funnel {...props} />
      <Activity {...props} />
    </div>
  )
}

function Won({ data, currency, onPick }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const months = data.won_by_month
  const option = useMemo(
    () =>
      bars({
        rows: months.map(({ month, sum }) => ({ label: format.month(month), sum: height(sum) })),
        series: [{ key: 'sum', name: t`Won` }],
        ...moneyAxis(format, currency),
      }),
    [months, currency, format, t],
  )
  const pick = useCallback(
    ({ index }: ChartPoint) => {
      const month = months[index]?.month
      if (!month) return
      const named = format.fullMonth(month)
      onPick({ chart: 'won-by-month', month, title: t`Won in ${named}` })
    },
    [months, format, onPick, t],
  )
  const deals = months.reduce((sum, bar) => sum + bar.count, 0)
  return (
    <Section title={t`Won by month`}>
      <Chart
        option={option}
        label={t({
          message: plural(deals, { one: 'Won by month: # deal', other: 'Won by month: # deals' }),
        })}
        onPick={pick}
      />
    </Section>
  )
}

function Forecast({ data, currency, onPick }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const months = data.forecast
  const option = useMemo(
    () =>
      bars({
        rows: months.map(({ month, sum, weighted }) => ({
          label: format.month(month),
          weighted: height(weighted),
          sum: height(sum),
        })),
        series: [
          { key: 'weighted', name: t`Weighted` },
          { key: 'sum', name: t`Sum` },
        ],
        ...moneyAxis(format, currency),
      }),
    [months, currency, format, t],
  )
  const pick = useCallback(
    ({ index }: ChartPoint) => {
      const month = months[index]?.month
      if (!month) return
      const named = format.fullMonth(month)
      onPick({ chart: 'forecast', month, title: t`Expected in ${named}` })
    },
    [months, format, onPick, t],
  )
  const deals = months.reduce((sum, bar) => sum + bar.count, 0)
  return (
    <Section title={t`Forecast`}>
      <Chart
        option={option}
        label={t({
          message: plural(deals, { one: 'Forecast: # open deal', other: 'Forecast: # open deals' }),
        })}
        onPick={pick}
      />
    </Section>
  )
}

function Funnel({ data, currency, pipelineId, onPick }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const pipelines = usePipelines()
  const pipeline = pipelines.find((one) => one.id === pipelineId) ?? pipelines[0]
  // the way to a win, in its order; a stage nobody has reached is a bar of its own: none
  const stages = useMemo(() => {
    const known = new Map(data.funnel.map((bar) => [bar.stage_id, bar]))
    return (pipeline?.stages ?? [])
      .filter((stage) => stage.kind !== 'lost')
      .map(({ id }) => known.get(id) ?? { stage_id: id, count: 0, sum: '0' })
  }, [data.funnel, pipeline])
  const nameOf = useCallback((id: string) => stageOf(pipelines, id)?.name ?? '…', [pipelines])
  const option = useMemo(
    () =>
      bars({
        rows: stages.map((stage) => ({ label: nameOf(stage.stage_id), count: stage.count })),
        series: [{ key: 'count', name: t`Deals` }],
        lying: true,
        ...countAxis(format),
      }),
    [stages, nameOf, format, t],
  )
  const pick = useCallback(
    ({ index }: ChartPoint) => {
      const stage = stages[index]
      if (!stage) return
      const name = nameOf(stage.stage_id)
      const sum = format.compactMoney({ amount: stage.sum, currency })
      onPick({ chart: 'funnel', stage_id: stage.stage_id, title: t`Reached “${name}”: ${sum}` })
    },
    [stages, nameOf, format, currency, onPick, t],
  )
  const told = stages.map((stage) => `${nameOf(stage.stage_id)} ${stage.count}`).join(', ')
  return (
    <Section title={pipeline ? t`Funnel by stage: ${pipeline.name}` : t`Funnel by stage`}>
      <Chart option={option} label={t`Funnel: ${told}`} onPick={pick} />
    </Section>
  )
}

function Activity({ data, onPick }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const colleagues = useColleagues()
  const owners = data.activity_by_owner
  const nameOf = useCallback(
    (id: string) => colleagues.find((user) => user.id === id)?.name ?? t`Another person`,
    [colleagues, t],
  )
  const option = useMemo(
    () =>
      bars({
        rows: owners.map((owner) => ({
          label: nameOf(owner.owner_id),
          opened: owner.opened,
          moved: owner.moved,
          won: owner.won,
          tasks: owner.tasks_done,
          notes: owner.notes,
        })),
        series: [
          { key: 'opened', name: t`Opened` },
          { key: 'moved', name: t`Moved` },
          { key: 'won', name: t`Won` },
          { key: 'tasks', name: t`Tasks done` },
          { key: 'notes', name: t`Notes` },
        ],
        stacked: true,
        lying: true,
        ...countAxis(format),
      }),
    [owners, nameOf, format, t],
  )
  const pick = useCallback(
    ({ series, index }: ChartPoint) => {
      const owner = owners[index]
      if (!owner) return
      const measure = MEASURES[series]
      onPick({
        chart: 'activity-by-owner',
        bar_owner_id: owner.owner_id,
        ...(measure && { measure }),
        title: nameOf(owner.owner_id),
      })
    },
    [owners, nameOf, onPick],
  )
  const people = owners.length
  return (
    <Section title={t`Activity by owner`}>
      <Chart
        option={option}
        label={t({
          message: plural(people, { one: 'Activity of # person', other: 'Activity of # people' }),
        })}
        onPick={pick}
      />
    </Section>
  )
}
