import { Drawer, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import type { Deal, DealsBehindParams } from '@/shared/api/generated/model'
import { given, rowsOf } from '@/shared/lib/list'
import { Failure } from '@/ui/failure'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { behindQuery } from './queries'

/** Which bar was clicked, and what it is called. */
export type Bar = Pick<
  DealsBehindParams,
  'chart' | 'month' | 'stage_id' | 'bar_owner_id' | 'measure'
> & { title: string }

type Props = {
  bar: Bar
  filters: {
    pipeline_id?: string | undefined
    owner_id?: string | undefined
    currency: string
    months: number
  }
  DealRows: ComponentType<{ deals: readonly Deal[] }>
  onClose: () => void
}

/** The deals behind a bar, as far as one may see them. */
export function Behind({ bar, filters, DealRows, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const { title, ...which } = bar
  const source = useInfiniteQuery(
    behindQuery({ ...given({ ...filters, ...which }), chart: which.chart }),
  )
  const deals = rowsOf(source.data)
  return (
    <Drawer opened position="right" size="md" title={title} onClose={onClose}>
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton rows={8} />
      ) : deals.length === 0 ? (
        <Text size="sm" c="dimmed">{t`There are no deals behind this bar.`}</Text>
      ) : (
        <DealRows deals={deals} />
      )}
      <ShowMore source={source} />
    </Drawer>
  )
}
