import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Deal } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { useFormat } from '@/shared/i18n/format'
import { rowsOf } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { stageOf, useMay, usePipelines } from '@/shared/reference'
import { Shown } from '@/ui/hidden'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag, type Tone } from '@/ui/tag'
import { dealsQuery } from './queries'
import './sales.css'

type Props = { company?: Picked; contactId?: string }

/** The deals of a company or of a person. */
export function RecordDeals({ company, contactId }: Props) {
  const { t } = useLingui()
  const run = useRun()
  const mayRead = useMay('sales.deal', 'read')
  const mayCreate = useMay('sales.deal', 'create')
  const about = company ? { company_id: company.id } : { person_id: contactId ?? '' }
  const source = useInfiniteQuery({
    ...dealsQuery({ ...about, sort: '-created_at', limit: 20 }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  const deals = rowsOf(source.data)
  return (
    <Section
      title={t`Deals`}
      actions={
        mayCreate && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => run('deals.create', company ? { company } : {})}
          >
            {t`New deal`}
          </Button>
        )
      }
    >
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton rows={3} />
      ) : deals.length === 0 ? (
        <Text size="sm" c="dimmed">{t`No deals yet.`}</Text>
      ) : (
        <DealRows deals={deals} withCompany={!company} />
      )}
      <ShowMore source={source} />
    </Section>
  )
}

type RowsProps = { deals: readonly Deal[]; withCompany?: boolean }

/** Deals one under another: title, stage, sum. */
export function DealRows({ deals, withCompany = true }: RowsProps) {
  const format = useFormat()
  const pipelines = usePipelines()
  return (
    <ul className="dl-rows">
      {deals.map((deal) => {
        const stage = stageOf(pipelines, deal.stage_id)
        return (
          <li key={deal.id}>
            <Link to="/deals/$id" params={{ id: deal.id }} className="g-link">
              {deal.title}
            </Link>
            <span className="g-num">
              <Shown of={deal} field="worth">
                {deal.worth ? format.money(deal.worth) : '—'}
              </Shown>
            </span>
            <Text size="xs" c="dimmed" truncate>
              {[withCompany && deal.company?.name, deal.owner.name].filter(Boolean).join(' · ')}
            </Text>
            {stage && <Tag tone={stage.tone as Tone}>{stage.name}</Tag>}
          </li>
        )
      })}
    </ul>
  )
}
