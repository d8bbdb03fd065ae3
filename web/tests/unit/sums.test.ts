import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { count, type Priced, type Sums } from '@/features/products/sums'

type Case = Omit<Sums, 'lines'> & {
  name: string
  with_vat: boolean
  discount_percent: string | null
  discount_amount: string | null
  lines: Priced[]
  sums: Sums['lines']
}

/** The server counts the same ones: `tests/modules/sales/test_lines.py`. */
const CASES = JSON.parse(readFileSync('../tests/modules/sales/sums.json', 'utf8')) as Case[]

const line = (told: Partial<Priced>): Priced => ({
  quantity: '1',
  price: '1',
  discount_percent: null,
  discount_amount: null,
  vat_rate: null,
  ...told,
})
const WHOLE = { with_vat: true, discount_percent: null, discount_amount: null }

test.each(CASES)('as the server counts: $name', ({ lines, sums, ...whole }) => {
  const { before, discount, vat, payable } = whole
  expect(count(lines, whole)).toEqual({ lines: sums, before, discount, vat, payable })
})

test.each([
  [line({ quantity: '' })],
  [line({ quantity: '0' })],
  [line({ quantity: '-1' })],
  [line({ quantity: '0.0000001' })],
  [line({ price: '1.001' })],
  [line({ price: 'abc' })],
  [line({ discount_amount: '1.01' })],
  [line({ discount_percent: '100.01' })],
  [line({ quantity: '999999999', price: '9999999999999999' })],
])('nothing is counted of what the server would refuse', (wrong) => {
  expect(count([wrong], WHOLE)).toBeUndefined()
})
