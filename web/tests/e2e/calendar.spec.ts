import { comeIn, complaints, expect, loginOf, test } from './app.ts'

test('a meeting is planned by a click, moved by dragging, and seen in the month on a phone', async ({
  page,
}) => {
  await comeIn(page, loginOf('Manager'))
  const heard = complaints(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/calendar?on=2031-03-05')
  const day = page.locator('.cal-day[data-day="2031-03-05"]')
  await day.locator('.cal-empty').click({ position: { x: 20, y: 10 * 44 + 4 } })
  const form = page.getByRole('dialog')
  await form.getByLabel('О чём').fill('Показать образцы')
  await form.getByRole('button', { name: 'Добавить в календарь' }).click()
  const meeting = page.getByRole('button', { name: /^Встреча: Показать образцы/ })
  await expect(meeting).toHaveAccessibleName(/10:00 – 11:00/)
  await expect(form).toBeHidden()

  const from = (await meeting.boundingBox())!
  const next = (await page.locator('.cal-day[data-day="2031-03-06"]').boundingBox())!
  await page.mouse.move(from.x + 20, from.y + 12)
  await page.mouse.down()
  await page.mouse.move(next.x + 20, from.y + 12 + 2 * 44, { steps: 5 })
  await page.mouse.up()
  await expect(meeting).toHaveAccessibleName(/12:00 – 13:00/)
  await expect(page.locator('[data-day="2031-03-06"] .cal-entry')).toHaveCount(1)

  await page.setViewportSize({ width: 390, height: 844 })
  await page.keyboard.press('m')
  const there = page.locator('.cal-list [data-day="2031-03-06"]')
  await expect(there.getByRole('button', { name: /Показать образцы, 12:00/ })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(heard).toEqual([])
})
