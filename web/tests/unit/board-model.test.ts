import { describe, expect, test } from 'vitest'
import { neighbour, placeItem, step } from '@/ui/board/model'

const columns = new Map([
  ['new', [{ id: 'a' }, { id: 'b' }, { id: 'c' }]],
  ['talks', [{ id: 'd' }]],
  ['empty', []],
  ['won', [{ id: 'e' }]],
])
const ids = (shown: typeof columns, column: string) => shown.get(column)?.map((item) => item.id)

describe('placeItem', () => {
  test('puts the card on top of its new column and leaves the others untouched', () => {
    const next = placeItem(columns, { id: 'b' }, 'new', 'talks') as typeof columns
    expect(ids(next, 'new')).toEqual(['a', 'c'])
    expect(ids(next, 'talks')).toEqual(['b', 'd'])
    expect(next.get('won')).toBe(columns.get('won'))
  })
  test('a card over its own column stays where it was', () => {
    expect(placeItem(columns, { id: 'b' }, 'new', 'new')).toBe(columns)
  })
})

describe('step', () => {
  test('up and down stay inside the column', () => {
    expect(step(columns, { column: 'new', index: 2 }, 'ArrowDown').index).toBe(2)
    expect(step(columns, { column: 'new', index: 0 }, 'ArrowUp').index).toBe(0)
    expect(step(columns, { column: 'new', index: 0 }, 'End').index).toBe(2)
  })
  test('sideways clamps to the neighbour and steps over empty columns', () => {
    expect(step(columns, { column: 'new', index: 2 }, 'ArrowRight')).toEqual({
      column: 'talks',
      index: 0,
    })
    expect(step(columns, { column: 'talks', index: 0 }, 'ArrowRight').column).toBe('won')
    expect(step(columns, { column: 'won', index: 0 }, 'ArrowRight').column).toBe('won')
  })
})

test('a lifted card may be held over an empty column', () => {
  expect(neighbour(columns, 'talks', 'ArrowRight')).toBe('empty')
  expect(neighbour(columns, 'new', 'ArrowLeft')).toBe('new')
})
