import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRun } from '@/shared/commands'
import { useFormat } from '@/shared/i18n/format'
import { rowsOf } from '@/shared/lib/list'
import { useMay, useMe } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { dealsQuery } from './queries'
import './sales.css'

/** My open deals nobody has planned anything for. */
export function WithoutNextStep() {
  const { t } = useLingui()
  const run = useRun()
  const format = useFormat()
  const { user } = useMe()
  const mayRead = useMay('sales.deal', 'read')
  const source = useInfiniteQuery({
    ...dealsQuery({
      owner_id: user.id,
      kind: 'open',
      without_next_step: true,
      sort: 'stage_since',
      limit: 10,
    }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  const deals = rowsOf(source.data)
  return (
    <Section title={t`Deals without a next step`}>
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton />
      ) : deals.length === 0 ? (
        <EmptyState
          icon={IconCheck}
          title={t`Each of your deals has a next step`}
          text={t`An open deal of yours without a task appears here.`}
        />
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
