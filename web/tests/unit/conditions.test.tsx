import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import type { AskableField, Me } from '@/shared/api/generated/model'
import {
  conditionInAddress,
  filterOf,
  fitted,
  isWhole,
  joined,
  offered,
  operatorsOf,
  partsOf,
} from '@/shared/conditions'
import {
  colleaguesQuery,
  fieldsQuery,
  meQuery,
  pipelinesQuery,
  teamsQuery,
} from '@/shared/reference'
import { ConditionDialog } from '@/ui/conditions/condition-dialog'
import { ConditionChips } from '@/ui/conditions/filter-bar'
import { Stage } from './stage'

const city: AskableField = {
  name: 'city',
  type: 'text',
  operators: ['eq', 'in', 'contains', 'is_empty'],
  options: [],
  links_to: null,
}
const created: AskableField = {
  name: 'created_at',
  type: 'time',
  operators: ['gte', 'between', 'this_month', 'last_n_days'],
  options: [],
  links_to: null,
}
const company: AskableField = {
  name: 'company_id',
  type: 'id',
  operators: ['eq', 'in'],
  options: [],
  links_to: null,
}
const strange: AskableField = {
  name: 'plan_id',
  type: 'id',
  operators: ['eq'],
  options: [],
  links_to: null,
}

test('a filter is parts that all hold, and leaves nothing when the last is gone', () => {
  const leaf = { field: 'city', op: 'eq' as const, value: 'Perm' }
  const either = { any: [leaf, leaf] }
  expect(partsOf(joined([leaf, either]))).toEqual([leaf, either])
  expect(partsOf(either), 'an alternative is one part').toEqual([either])
  expect(joined([])).toBeUndefined()
  expect(filterOf([])).toBeUndefined()
  expect(filterOf([leaf])).toBe('{"all":[{"field":"city","op":"eq","value":"Perm"}]}')
})

test('an address that holds no condition asks nothing', () => {
  const taken = (value: unknown) => conditionInAddress.parse(value)
  const leaf = { field: 'city', op: 'eq', value: 'Perm' }
  expect(taken({ all: [leaf, { not: leaf }] })).toEqual({ all: [leaf, { not: leaf }] })
  let deep: object = leaf
  for (let level = 0; level < 20; level += 1) deep = { not: deep }
  for (const none of ['city', { all: [1] }, { field: 'city' }, { ...leaf, value: {} }, deep]) {
    expect(taken(none)).toEqual({ all: [] })
  }
})

test('a value is kept as far as it fits the next operator', () => {
  expect(fitted('Perm', 'in')).toEqual(['Perm'])
  expect(fitted(['Perm', 'Omsk'], 'contains')).toBe('Perm')
  expect(fitted('2026-03-01', 'between')).toEqual(['2026-03-01', ''])
  expect(fitted('Perm', 'is_empty')).toBeNull()
  expect(isWhole({ field: 'created_at', op: 'between', value: ['2026-03-01', ''] })).toBe(false)
  expect(isWhole({ field: 'city', op: 'in', value: [] })).toBe(false)
  expect(isWhole({ field: 'city', op: 'is_empty', value: null })).toBe(true)
})

test('an id is offered where it has a name, and a record is found one at a time', () => {
  expect(offered([city, company, strange])).toEqual([city, company])
  expect(operatorsOf(company)).toEqual(['eq'])
})

function Known({ children }: { children: ReactNode }) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(fieldsQuery().queryKey, [
    { object: 'customers.company', fields: [city, created] },
  ])
  queries.setQueryData(meQuery().queryKey, { base_currency: 'RUB', rights: {} } as Me)
  for (const query of [colleaguesQuery(), teamsQuery(), pipelinesQuery()]) {
    queries.setQueryData(query.queryKey as string[], [])
  }
  return (
    <Stage>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </Stage>
  )
}

const OF = { object: 'customers.company', kind: 'company' } as const

test('a condition is put together by keyboard, and not before it is whole', async () => {
  const onApply = vi.fn()
  const screen = await render(<ConditionDialog {...OF} onApply={onApply} onClose={vi.fn()} />, {
    wrapper: Known,
  })
  const field = screen.getByRole('combobox', { name: 'Field' })
  await expect.element(field).toHaveFocus()
  await userEvent.keyboard('City{ArrowDown}{Enter}')
  await userEvent.keyboard('{Tab}{Tab}{Enter}')
  await expect.element(screen.getByText('Say what to compare with')).toBeVisible()
  expect(onApply).not.toHaveBeenCalled()
  await screen.getByLabelText('Value', { exact: true }).click()
  await userEvent.keyboard('Perm{Enter}')
  expect(onApply).toHaveBeenCalledWith({ field: 'city', op: 'contains', value: 'Perm' })
})

test('chips say the filter in words, and each can be taken away', async () => {
  const onChange = vi.fn()
  const parts = [
    { field: 'city', op: 'in' as const, value: ['Perm', 'Omsk'] },
    { field: 'created_at', op: 'last_n_days' as const, value: 30 },
    { not: { field: 'city', op: 'is_empty' as const } },
  ]
  const screen = await render(<ConditionChips {...OF} parts={parts} onChange={onChange} />, {
    wrapper: Known,
  })
  await expect.element(screen.getByTitle('City is one of Perm, Omsk')).toBeVisible()
  await expect.element(screen.getByTitle('not (City is empty)')).toBeDisabled()
  await screen.getByRole('button', { name: /^Remove: Created/ }).click()
  expect(onChange).toHaveBeenCalledWith([parts[0], parts[2]])
})
