import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Deal } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { stageOf, usePipelines } from '@/shared/reference'
import { useCustomColumns } from '@/ui/custom-columns'
import type { GridColumn } from '@/ui/data-grid/data-grid'
import { Shown } from '@/ui/hidden'
import { Tag, type Tone } from '@/ui/tag'
import { NextStep } from './deal-card'

/** The columns one can have of a list of deals. */
export function useDealColumns(): GridColumn<Deal>[] {
  const { t } = useLingui()
  const format = useFormat()
  const pipelines = usePipelines()
  const added = useCustomColumns<Deal>('deal')
  return useMemo(
    () => [
      {
        id: 'title',
        header: t`Title`,
        width: 'minmax(190px,2fr)',
        narrow: 'minmax(0,1.5fr)',
        sort: 'title',
        cell: (deal) => (
          <Link to="/deals/$id" params={{ id: deal.id }} className="g-link" tabIndex={-1}>
            <b style={{ fontWeight: 540 }}>{deal.title}</b>
          </Link>
        ),
      },
      {
        id: 'company',
        header: t`Company`,
        width: 'minmax(136px,1.5fr)',
        field: 'company_id',
        cell: (deal) => (
          <Shown of={deal} field="company_id">
            {deal.company?.name ?? '—'}
          </Shown>
        ),
      },
      {
        id: 'stage',
        header: t`Stage`,
        width: 'minmax(150px,1.1fr)',
        narrow: 'minmax(0,1fr)',
        cell: (deal) => {
          const stage = stageOf(pipelines, deal.stage_id)
          return stage && <Tag tone={stage.tone as Tone}>{stage.name}</Tag>
        },
      },
      {
        id: 'worth',
        header: t`Sum`,
        width: '130px',
        narrow: '108px',
        numeric: true,
        sort: 'amount',
        field: 'worth',
        cell: (deal) => (
          <Shown of={deal} field="worth">
            {deal.worth ? format.money(deal.worth) : '—'}
          </Shown>
        ),
      },
      {
        id: 'expected',
        header: t`Expected on`,
        width: '124px',
        numeric: true,
        sort: 'expected_on',
        field: 'expected_on',
        cell: (deal) => (
          <Shown of={deal} field="expected_on">
            {deal.expected_on ? format.date(deal.expected_on) : '—'}
          </Shown>
        ),
      },
      {
        id: 'next',
        header: t`Next step`,
        width: '126px',
        cell: (deal) => <NextStep deal={deal} />,
      },
      {
        id: 'owner',
        header: t`Owner`,
        width: 'minmax(130px,1fr)',
        cell: (deal) => deal.owner.name ?? '—',
      },
      {
        id: 'created',
        header: t`Created`,
        width: '124px',
        numeric: true,
        sort: 'created_at',
        cell: (deal) => format.date(deal.created_at),
      },
      ...added,
    ],
    [t, format, pipelines, added],
  )
}
