import { describe, expect, test } from 'vitest'
import { appendDeals, applyDeals, applyNumbers, placeDeal } from '@/features/sales/board-model'
import { movedTo } from '@/features/sales/changes'
import type { Board, Deal } from '@/shared/api/generated/model'

const deal = (id: string, stage: string, version = 1): Deal => ({
  id,
  title: id,
  pipeline_id: 'p',
  stage_id: stage,
  kind: 'open',
  probability: 10,
  worth: null,
  company: null,
  contact: null,
  owner: { id: 'o', name: 'Owner' },
  team_id: null,
  expected_on: null,
  lost_reason: null,
  about: null,
  custom: {},
  next_task_at: null,
  next_task: false,
  editable: true,
  hidden: [],
  stage_since: '2026-01-01T00:00:00Z',
  stage_due_at: null,
  created_at: '2026-01-01T00:00:00Z',
  changed_at: '2026-01-01T00:00:00Z',
  closed_at: null,
  version,
})

const board: Board = {
  pipeline_id: 'p',
  base: { sum: '30.10', weighted: '3.01', without_rate: [] },
  columns: [
    {
      stage_id: 'one',
      count: 3,
      sums: [{ currency: 'RUB', sum: '30.10', weighted: '3.01' }],
      base: { sum: '30.10', weighted: '3.01', without_rate: [] },
      deals: [deal('a', 'one'), deal('b', 'one')],
      next: 'more',
    },
    { stage_id: 'two', count: 1, sums: [], base: null, deals: [deal('c', 'two')], next: null },
  ],
}
const ids = (shown: Board) => shown.columns.map((column) => column.deals.map((one) => one.id))
const counts = (shown: Board) => shown.columns.map((column) => column.count)

describe('a moved deal', () => {
  test('goes on top of its stage, counts move along, sums wait for the server', () => {
    const next = placeDeal(board, deal('b', 'two', 2))
    expect(ids(next)).toEqual([['a'], ['b', 'c']])
    expect(counts(next)).toEqual([2, 2])
    expect(next.columns[0]?.sums).toBe(board.columns[0]?.sums)
  })
  test('that stays in its stage keeps its place', () => {
    const next = placeDeal(board, deal('b', 'one', 2))
    expect(ids(next)).toEqual([['a', 'b'], ['c']])
    expect(next.columns[0]?.deals[1]?.version).toBe(2)
  })
})

describe('what others changed', () => {
  test('an older answer never overwrites what is shown', () => {
    const shown = placeDeal(board, deal('b', 'two', 3))
    expect(applyDeals(shown, ['b'], [deal('b', 'one', 2)])).toBe(shown)
  })
  test('an answer from before a move leaves the card where it was dropped', () => {
    const dropped = placeDeal(board, movedTo(deal('b', 'one'), { id: 'two', kind: 'open' }))
    expect(ids(applyDeals(dropped, ['b'], [deal('b', 'one')]))).toEqual([['a'], ['b', 'c']])
    expect(ids(applyDeals(dropped, ['b'], [deal('b', 'one', 2)]))).toEqual([['b', 'a'], ['c']])
  })
  test('a deal no longer to be seen disappears', () => {
    expect(ids(applyDeals(board, ['a'], []))).toEqual([['b'], ['c']])
  })
  test('a new deal appears, one of another pipeline does not', () => {
    const other = { ...deal('x', 'elsewhere'), pipeline_id: 'q' }
    expect(ids(applyDeals(board, ['n', 'x'], [deal('n', 'two'), other]))).toEqual([
      ['a', 'b'],
      ['n', 'c'],
    ])
  })
})

test('fresh numbers keep the cards that were read', () => {
  const base = { sum: '40.00', weighted: '4.00', without_rate: ['EUR'] }
  const fresh: Board = {
    ...board,
    base,
    columns: board.columns.map((column) => ({ ...column, count: 9, base, deals: [], next: null })),
  }
  const next = applyNumbers(board, fresh)
  expect([next.base, ...next.columns.map((column) => column.base)]).toEqual([base, base, base])
  expect(counts(next)).toEqual([9, 9])
  expect(ids(next)).toEqual(ids(board))
  expect(next.columns[0]?.next).toBe('more')
})

test('the next page goes behind, without cards that were moved in the meantime', () => {
  const next = appendDeals(board, 'one', {
    items: [deal('c', 'one'), deal('z', 'one')],
    next: null,
  })
  expect(ids(next)).toEqual([['a', 'b', 'z'], ['c']])
  expect(next.columns[0]?.next).toBeNull()
})
