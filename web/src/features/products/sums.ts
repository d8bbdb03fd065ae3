/**
 * What the lines of a deal come to, as `gausdo/modules/sales/sums.py` counts it: the same formula,
 * in whole numbers, tried with the same cases. No sum passes through a float.
 */

export type Priced = {
  quantity: string
  price: string
  discount_percent: string | null
  discount_amount: string | null
  vat_rate: string | null
}

export type LineSum = { sum: string; vat: string; payable: string }

export type Sums = {
  lines: LineSum[]
  before: string
  discount: string
  vat: { rate: string; sum: string }[]
  payable: string
}

type Whole = Pick<Priced, 'discount_percent' | 'discount_amount'> & { with_vat: boolean }

const QUANTITY = 6
const CENTS = 2
/** A sum is less than this many kopecks. */
const LIMIT = 10n ** 18n

/** A decimal in words as a whole number of `places` digits; `null` for what is none. */
function whole(told: string, places: number): bigint | null {
  const found = /^(\d{1,16})(?:\.(\d*))?$/.exec(told.trim())
  const fraction = found?.[2] ?? ''
  if (!found || fraction.length > places) return null
  return BigInt(`${found[1] ?? ''}${fraction.padEnd(places, '0')}`)
}

const optional = (told: string | null) => (told === null ? 0n : whole(told, CENTS))

/** Rounded half up; nothing here is negative. */
const divided = (number: bigint, by: bigint) => (2n * number + by) / (2n * by)

function told(cents: bigint): string {
  const digits = String(cents).padStart(CENTS + 1, '0')
  return `${digits.slice(0, -CENTS)}.${digits.slice(-CENTS)}`
}

/** A line without what is taken off it; `null` when it cannot be counted. */
function before(line: Priced): bigint | null {
  const quantity = whole(line.quantity, QUANTITY)
  const price = whole(line.price, CENTS)
  if (!quantity || price === null) return null
  return divided(quantity * price, 10n ** BigInt(QUANTITY))
}

/** What a discount takes off; `null` where it is more than there is. */
function off(of: Pick<Priced, 'discount_percent' | 'discount_amount'>, from: bigint) {
  const percent = optional(of.discount_percent)
  const amount = optional(of.discount_amount)
  if (percent === null || amount === null || percent > 10_000n) return null
  const taken = of.discount_percent === null ? amount : divided(from * percent, 10_000n)
  return taken > from ? null : taken
}

function withVat(sum: bigint, rate: string | null, included: boolean) {
  if (rate === null) return { sum, vat: 0n, payable: sum }
  const percent = whole(rate, CENTS) ?? 0n
  if (included) return { sum, vat: divided(sum * percent, 10_000n + percent), payable: sum }
  const vat = divided(sum * percent, 10_000n)
  return { sum, vat, payable: sum + vat }
}

/** All sums; `undefined` while something in the lines is no number, or they come to too much. */
export function count(lines: readonly Priced[], of: Whole): Sums | undefined {
  let first = 0n
  let all = 0n
  const own: bigint[] = []
  for (const line of lines) {
    const sum = before(line)
    const taken = sum === null ? null : off(line, sum)
    if (sum === null || taken === null) return undefined
    first += sum
    all += sum - taken
    own.push(sum - taken)
  }
  const bears = off(of, all)
  if (bears === null) return undefined
  const rates = new Map<string, bigint>()
  const sums: LineSum[] = []
  let [upto, borne, payable] = [0n, 0n, 0n]
  for (const [place, one] of own.entries()) {
    upto += one
    const share = (all === 0n ? 0n : divided(bears * upto, all)) - borne
    borne += share
    const rate = lines[place]?.vat_rate ?? null
    const line = withVat(one - share, rate, of.with_vat)
    if (rate !== null) rates.set(rate, (rates.get(rate) ?? 0n) + line.vat)
    payable += line.payable
    sums.push({ sum: told(line.sum), vat: told(line.vat), payable: told(line.payable) })
  }
  if (payable >= LIMIT || first >= LIMIT) return undefined
  const vat = [...rates].toSorted(([one], [other]) => Number(one) - Number(other))
  return {
    lines: sums,
    before: told(first),
    discount: told(first - all + bears),
    vat: vat.map(([rate, sum]) => ({ rate, sum: told(sum) })),
    payable: told(payable),
  }
}
