import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ListDealsParams } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { useFormat } from '@/shared/i18n/format'
import { rowsOf } from '@/shared/lib/list'
import { useMay, useMe } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { Coming, ListSkeleton } from '@/ui/skeletons'
import { dealsQuery } from './queries'
import './sales.css'

/** My open deals that want something: nothing planned, too long in a stage, forgotten. */
export function Worklists() {
  const { t } = useLingui()
  if (!useMay('sales.deal', 'read')) return null
  return (
    <>
      <Worklist title={t`Too long in their stage`} of={{ late: true, sort: 'stage_since' }} />
      <Worklist title={t`Forgotten deals`} of={{ rotting: true, sort: 'changed_at' }} />
      <Worklist
        title={t`Deals without a next step`}
        of={{ without_next_step: true, sort: 'stage_since' }}
        empty={
          <EmptyState
            icon={IconCheck}
            title={t`Each of your deals has a next step`}
            text={t`An open deal of yours without a task appears here.`}
          />
        }
      />
    </>
  )
}

type Props = {
  title: string
  of: ListDealsParams
  /** What is shown where there are none; without it the list is not there then. */
  empty?: ReactNode
}

function Worklist({ title, of, empty }: Props) {
  const { t } = useLingui()
  const run = useRun()
  const format = useFormat()
  const { user } = useMe()
  const source = useInfiniteQuery(dealsQuery({ owner_id: user.id, kind: 'open', limit: 10, ...of }))
  const deals = rowsOf(source.data)
  if (!empty && source.isPending) return <Coming />
  if (!empty && deals.length === 0 && !source.error) return null
  return (
    <Section title={title}>
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton />
      ) : deals.length === 0 ? (
        empty
      ) : (
        <ul className="dl-rows">
          {deals.map((deal) => (
            <li key={deal.id}>
              <Link to="/deals/$id" params={{ id: deal.id }} className="g-link">
                {deal.title}
              </Link>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => run('tasks.create', { deal: { id: deal.id, name: deal.title } })}
              >
                {t`Plan`}
              </Button>
              <Text size="xs" c="dimmed" truncate>
                {[deal.company?.name, deal.worth && format.money(deal.worth)]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </li>
          ))}
        </ul>
      )}
      <ShowMore source={source} />
    </Section>
  )
}
