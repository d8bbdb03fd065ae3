import { expect, test } from 'vitest'
import { backoff } from '@/shared/api/backoff'
import { newest } from '@/shared/api/live'

const message = (id: string, version: number) => ({ kind: 'deal', id, version, name: 'changed' })

test('of many messages about a record the newest version is kept', () => {
  expect(newest([message('a', 2), message('b', 1), message('a', 3), message('a', 1)])).toEqual([
    message('b', 1),
    message('a', 3),
  ])
})

test('tries grow further apart, up to a limit, and never all at once', () => {
  expect(backoff(0, 1)).toBe(500)
  expect(backoff(3, 1)).toBe(4000)
  expect(backoff(30, 1)).toBe(15_000)
  expect(backoff(3, 0)).toBe(2000)
})
