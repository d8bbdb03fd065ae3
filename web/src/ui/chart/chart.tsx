import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { ChartProps } from './canvas'

export type { ChartProps, ChartPoint } from './canvas'

// the drawing library is large: it is fetched when the first chart is on screen
const Canvas = lazy(() => import('./canvas').then((part) => ({ default: part.Canvas })))

/** A chart, with its own shape as a placeholder while the drawing library is on its way. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton h={props.height ?? 280} radius="md" />}>
      <Canvas {...props} />
    </Suspense>
  )
}
