import { expect, test } from 'vitest'
import { byDay } from '@/features/activities/day'
import { paramsOf } from '@/features/sales/deals-search'
import type { Task } from '@/shared/api/generated/model'
import { given, patchRows } from '@/shared/lib/list'

const task = (id: string, due_at: string | null, state: Task['state'] = 'open'): Task => ({
  id,
  title: id,
  description: null,
  state,
  due_at,
  about: null,
  owner_id: 'me',
  owner_name: null,
  team_id: null,
  via: 'screen',
  created_at: '2026-01-01T00:00:00Z',
  done_at: null,
  version: 1,
  editable: true,
  hidden: [],
})

test('my day: overdue, today, later; without a due time later', () => {
  const now = new Date(2026, 2, 1, 12).getTime()
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString()
  const day = byDay(
    [task('late', at(-1)), task('soon', at(2)), task('far', at(13)), task('some', null)],
    now,
  )
  const names = [day.overdue, day.today, day.later].map((tasks) => tasks.map(({ id }) => id))
  expect(names).toEqual([['late'], ['soon'], ['far', 'some']])
})

test('a parameter that is not set is not sent', () => {
  expect(given({ q: '', stage_id: null, limit: 50, after: undefined })).toEqual({ limit: 50 })
})

test('sums in the address become a condition of the API', () => {
  expect(paramsOf({ from: '1000', stage: 's', sort: 'title' })).toEqual({
    stage_id: 's',
    filter: '{"all":[{"field":"amount","op":"gte","value":"1000"}]}',
  })
})

test('a pushed row replaces its older self only', () => {
  const pages = {
    pages: [{ items: [task('a', null), task('b', null)], next: null }],
    pageParams: [undefined],
  }
  const newer = { ...task('b', null), title: 'changed', version: 2 }
  expect(patchRows(pages, new Map([['b', newer]]))?.pages[0]?.items[1]).toBe(newer)
  expect(patchRows(pages, new Map([['b', { ...newer, version: 0 }]]))).toBe(pages)
  expect(patchRows(pages, new Map([['z', newer]]))).toBe(pages)
})
