import { describe, expect, test } from 'vitest'
import { formatsOf } from '@/shared/i18n/format'

const ru = formatsOf('ru')
const en = formatsOf('en')
const plain = (text: string) => text.replaceAll(/\s/g, ' ')

describe('money', () => {
  test('is exact to the kopeck where a float is not', () => {
    const worth = { amount: '9007199254740993.15', currency: 'RUB' }
    expect(plain(ru.money(worth))).toBe('9 007 199 254 740 993,15 ₽')
    expect(plain(en.money(worth))).toBe('₽9,007,199,254,740,993.15')
  })
  test('drops kopecks that are not there', () => {
    expect(plain(ru.money({ amount: '1500.00', currency: 'EUR' }))).toBe('1 500 €')
    expect(plain(ru.money({ amount: '200.20', currency: 'EUR' }))).toBe('200,20 €')
    expect(plain(en.money({ amount: '100.5', currency: 'JPY' }))).toBe('¥100.50')
  })
})

test('a bare day is the same day in every zone', () => {
  expect(plain(en.date('2026-03-01'))).toBe('Mar 1, 2026')
  expect(plain(ru.date('2026-03-01'))).toBe('1 мар. 2026')
})

test('a month in a sentence is told in full', () => {
  expect(en.fullMonth('2026-03-01')).toBe('March 2026')
  expect(plain(ru.fullMonth('2026-03-01'))).toBe('март 2026')
})

test('time is told from now', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  expect(en.relative('2026-03-01T14:00:00Z', now)).toBe('in 2 hours')
  expect(ru.relative('2026-03-01T11:55:00Z', now)).toBe('5 минут назад')
  expect(en.relative('2026-02-28T12:00:00Z', now)).toBe('yesterday')
})
