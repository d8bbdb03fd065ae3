import type { DealLine, Product, ProductPrice } from '@/shared/api/generated/model'
import type { Priced } from './sums'

/** A line as it is being written: `price` follows the list while nobody has typed another. */
export type Row = Priced & {
  key: number
  product_id: string | null
  name: string
  unit: string | null
  off: 'percent' | 'amount'
  tiers: readonly ProductPrice[]
}

export const emptyRow = (key: number): Row => ({
  key,
  product_id: null,
  name: '',
  unit: null,
  quantity: '1',
  price: '',
  discount_percent: null,
  discount_amount: null,
  vat_rate: null,
  off: 'percent',
  tiers: [],
})

export const rowOf = (line: DealLine, key: number): Row => ({
  ...line,
  key,
  price: line.price ?? '',
  off: line.discount_amount === null ? 'percent' : 'amount',
  tiers: [],
})

/** What a product costs in a list from such a quantity on; `undefined` where the list has no price. */
export function priceIn(
  tiers: readonly ProductPrice[],
  list: string | null,
  quantity: string,
): string | undefined {
  const fitting = tiers.filter(
    (one) =>
      one.current && one.price_list_id === list && Number(one.from_quantity) <= Number(quantity),
  )
  return fitting.at(-1)?.price
}

/** The row with a product in it, at the price of the list, or its own where currencies agree. */
export function withProduct(
  row: Row,
  product: Product,
  tiers: readonly ProductPrice[],
  list: string | null,
  currency: string,
): Row {
  const own = product.currency === currency ? (product.price ?? row.price) : row.price
  return {
    ...row,
    product_id: product.id,
    name: product.name,
    unit: product.unit,
    vat_rate: product.vat_rate,
    price: priceIn(tiers, list, row.quantity) ?? own,
    tiers,
  }
}

/** Another quantity may have another price in the list; a typed one stays. */
export function withQuantity(row: Row, quantity: string, list: string | null): Row {
  const before = priceIn(row.tiers, list, row.quantity)
  const after = priceIn(row.tiers, list, quantity)
  const follows = before !== undefined && before === row.price && after !== undefined
  return { ...row, quantity, price: follows ? after : row.price }
}

/** One place up or down; the same rows where it would leave them. */
export function moved<T>(rows: readonly T[], place: number, by: number): T[] {
  const to = place + by
  const one = rows[place]
  if (one === undefined || to < 0 || to >= rows.length) return [...rows]
  const rest = rows.toSpliced(place, 1)
  return rest.toSpliced(to, 0, one)
}

/** What is typed with a comma, as the API takes it. */
export const plain = (told: string) => told.replace(',', '.').replaceAll(/\s/g, '')

export const cleaned = (row: Row): Row => ({
  ...row,
  quantity: plain(row.quantity),
  discount_percent: row.off === 'percent' ? plain(row.discount_percent ?? '') || null : null,
  discount_amount: row.off === 'amount' ? plain(row.discount_amount ?? '') || null : null,
})
