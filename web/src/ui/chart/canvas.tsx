import { useComputedColorScheme } from '@mantine/core'
import { BarChart, FunnelChart, LineChart } from 'echarts/charts'
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from 'echarts/components'
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

register([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DatasetComponent,
  FunnelChart,
  GridComponent,
  LegendComponent,
  LineChart,
  TooltipComponent,
])

export type ChartPoint = { series: number; index: number }

export type ChartProps = {
  option: EChartsCoreOption
  /** What a screen reader says instead of the picture: what is shown, and its sum. */
  label: string
  height?: number
  /** A bar or a point was clicked. */
  onPick?: (point: ChartPoint) => void
}

const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function look() {
  const quiet = token('--g-text-2')
  const axis = {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: quiet, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: token('--g-line') } },
  }
  return {
    color: token('--g-series').split(/\s*,\s*/),
    textStyle: { fontFamily: 'Inter Variable, system-ui, sans-serif' },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    legend: {
      textStyle: { color: quiet },
      itemWidth: 10,
      itemHeight: 10,
      icon: 'roundRect',
      bottom: 0,
    },
    tooltip: {
      backgroundColor: token('--g-raised'),
      borderColor: token('--g-line'),
      textStyle: { color: token('--g-text'), fontSize: 12.5 },
      padding: [8, 12],
    },
  }
}

/** One drawing per chart: it follows the colour scheme and the size of its place. */
export function Canvas({ option, label, height = 280, onPick }: ChartProps) {
  const ref = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  const scheme = useComputedColorScheme('light')

  useEffect(() => {
    const element = ref.current
    if (!element) return undefined
    const drawing = init(element, look(), { renderer: 'canvas' })
    chart.current = drawing
    const watcher = new ResizeObserver(() => drawing.resize())
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      drawing.dispose()
      chart.current = null
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- look() reads the scheme's tokens
  }, [scheme])

  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const motion = { animationDuration: still ? 0 : 250, animationDurationUpdate: still ? 0 : 250 }
    chart.current?.setOption({ ...motion, ...option }, true)
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a new drawing needs its option
  }, [option, scheme])

  useEffect(() => {
    const drawing = chart.current
    if (!drawing || !onPick) return undefined
    const pick = (event: { seriesIndex?: number; dataIndex?: number }) =>
      onPick({ series: event.seriesIndex ?? 0, index: event.dataIndex ?? 0 })
    drawing.on('click', pick as (event: unknown) => void)
    return () => {
      if (!drawing.isDisposed()) drawing.off('click', pick as (event: unknown) => void)
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a new drawing listens anew
  }, [onPick, scheme])

  return <div ref={ref} role="img" aria-label={label} style={{ height }} />
}
