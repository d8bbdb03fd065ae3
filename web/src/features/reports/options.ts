import type { EChartsCoreOption } from 'echarts/core'
import type { Format } from '@/shared/i18n/format'

/** The charts of the dashboard, as their drawing library takes them. Pure. */

type Labelled = { label: string }
type Series = { key: string; name: string }

/** What the drawing library tells of a bar; a series' id is the key of its values. */
type Point = { seriesId: string; seriesName: string; value: Record<string, string | number> }

const GRID = { left: 4, right: 8, top: 12, bottom: 4, containLabel: true }

/**
 * A tooltip made of elements, not of markup: markup with style attributes is what our
 * content-security policy forbids.
 */
function tooltip(write: (value: number) => string) {
  return {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    formatter: (points: unknown) => {
      const rows = points as Point[]
      const box = document.createElement('div')
      const head = document.createElement('b')
      head.textContent = String(rows[0]?.value['label'] ?? '')
      box.append(head)
      for (const row of rows) {
        const line = document.createElement('div')
        line.textContent = `${row.seriesName}: ${write(Number(row.value[row.seriesId]))}`
        box.append(line)
      }
      return box
    },
  }
}

type BarsInput = {
  rows: readonly (Labelled & Record<string, string | number>)[]
  series: readonly Series[]
  /** How a value is written in the tooltip and on the axis. */
  write: (value: number) => string
  short: (value: number) => string
  stacked?: boolean
  lying?: boolean
}

/** Bars by label: standing, or lying for names that need room. */
export function bars({ rows, series, write, short, stacked, lying }: BarsInput): EChartsCoreOption {
  const names = { type: 'category', inverse: lying ?? false }
  const values = { type: 'value', axisLabel: { formatter: short }, minInterval: 1 }
  const many = series.length > 1
  return {
    grid: { ...GRID, bottom: many ? 28 : 4 },
    tooltip: tooltip(write),
    ...(many && { legend: {} }),
    dataset: { source: rows, dimensions: ['label', ...series.map((one) => one.key)] },
    xAxis: lying ? values : names,
    yAxis: lying ? names : values,
    series: series.map(({ key, name }) => ({
      type: 'bar',
      id: key,
      name,
      ...(stacked && { stack: 'all' }),
      barMaxWidth: 34,
      barCategoryGap: '36%',
      itemStyle: { borderRadius: stacked ? 0 : lying ? [0, 4, 4, 0] : [4, 4, 0, 0] },
      encode: lying ? { y: 'label', x: key } : { x: 'label', y: key },
      cursor: 'pointer',
    })),
  }
}

export const moneyAxis = (format: Format, currency: string) => ({
  write: (value: number) => format.money({ amount: String(value), currency }),
  short: (value: number) => format.compactMoney({ amount: String(value), currency }),
})

export const countAxis = (format: Format) => ({ write: format.number, short: format.number })
