import { expect, test } from 'vitest'
import type { Pages } from '@/shared/lib/list'
import { pageOf, restore, shed } from '@/shared/lib/long-list'

/** A list of `count` pages of two rows; the cursor of a page is its number. */
const list = (count: number): Pages<string> => ({
  pages: Array.from({ length: count }, (_, at) => ({
    items: [`${at}a`, `${at}b`],
    next: at + 1 < count ? String(at + 1) : null,
  })),
  pageParams: Array.from({ length: count }, (_, at) => (at === 0 ? undefined : String(at))),
})

const held = (data: Pages<string>) =>
  data.pages.flatMap((page, at) => (page.shed === undefined ? [at] : []))

test('a row is found on its page, whatever the pages’ lengths', () => {
  const starts = [0, 50, 250, 250, 450]
  expect([0, 49, 50, 249, 250, 449, 9999].map((row) => pageOf(starts, row))).toEqual([
    0, 0, 1, 1, 3, 3, 3,
  ])
  expect(pageOf([0], 0)).toBe(0)
})

test('pages far from what is in view give up their rows and keep their place', () => {
  const data = list(500)
  const lighter = shed(data, 300, 301)
  expect(held(lighter)).toEqual([297, 298, 299, 300, 301, 302, 303, 304])
  expect(lighter.pages[10]).toEqual({ items: [], next: '11', shed: 2 })
  expect(lighter.pageParams).toBe(data.pageParams)
  const few = list(5)
  expect(shed(few, 4, 4)).toBe(few)
})

test('a page that is read again takes its place', () => {
  const lighter = shed(list(500), 499, 499)
  const page = { items: ['10a', '10b'], next: '11' }
  const back = restore(lighter, 10, page)
  expect(back.pages[10]).toBe(page)
  expect(back.pages).toHaveLength(500)
})

test('where the list has changed meanwhile, it goes on from the page read again', () => {
  const lighter = shed(list(500), 499, 499)
  const page = { items: ['new', '10a'], next: 'elsewhere' }
  const back = restore(lighter, 10, page)
  expect(back.pages.slice(9)).toEqual([lighter.pages[9], page])
  expect(back.pageParams).toHaveLength(11)
})

test('the last page read again is still the last', () => {
  const lighter = shed(list(500), 0, 0)
  const page = { items: ['499a', '499b'], next: null }
  expect(restore(lighter, 499, page).pages).toHaveLength(500)
})
