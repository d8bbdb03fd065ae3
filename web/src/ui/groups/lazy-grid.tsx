import { lazy, Suspense } from 'react'
import { ListSkeleton } from '@/ui/skeletons'
import type { GroupedGridProps } from './grouped-grid'

type Any = { id: string }

const Grid = lazy(() =>
  import('./grouped-grid').then((part) => ({ default: part.GroupedGrid<Any> })),
)

/** A table in groups; no list needs its code to be shown without. */
export function LazyGroupedGrid<T extends Any>(props: GroupedGridProps<T>) {
  return (
    <Suspense fallback={<ListSkeleton />}>
      {/* what is told of rows is told of these rows alone */}
      <Grid {...(props as unknown as GroupedGridProps<Any>)} />
    </Suspense>
  )
}
