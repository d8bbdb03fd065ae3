import { comeIn, expect, expectAccessible, loginOf, settled, test } from './app.ts'

test('a list is put into groups, which are folded, and kept in its address', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await comeIn(page, loginOf('Head of sales'))
  await page.goto('/companies')
  await settled(page)
  await page.getByRole('combobox', { name: 'Группировать' }).click()
  await page.getByRole('option', { name: 'Отрасль', exact: true }).click()
  await expect(page).toHaveURL(/group=industry/)
  const groups = page.locator('[data-group]')
  const head = groups.first().getByRole('button', { expanded: true })
  await expect(head).toBeVisible()
  await expect(groups.first().locator('[data-index]').first()).toBeVisible()
  await expectAccessible(page, 'a list in groups')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByRole('grid').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  await expect(groups.first().locator('[data-index]')).toHaveCount(0)
  await page.reload()
  await expect(groups.first().getByRole('button', { expanded: false })).toBeVisible()
  await expect(groups.first().locator('[data-index]')).toHaveCount(0)
})

test('a list is a calendar, on which a deal goes to another day by keyboard and back by pointer', async ({
  page,
}) => {
  await comeIn(page, loginOf('Head of sales'))
  await page.goto('/deals?kind=open')
  await settled(page)
  await page.getByRole('radio', { name: 'Таблица' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page).toHaveURL(/calendar=expected_on/)
  await page.getByRole('button', { name: 'Позже' }).click()
  await settled(page)
  const card = page.locator('.cal-month-day:not([data-other]) .cal-entry').first()
  const name = (await card.getAttribute('aria-label')) ?? ''
  const dayOf = () =>
    page
      .locator('.cal-month-day', { has: page.getByRole('button', { name, exact: true }) })
      .first()
      .getAttribute('data-day')
  const before = await dayOf()
  await expectAccessible(page, 'deals on a calendar')
  await card.focus()
  const saved = page.waitForResponse((reply) => reply.request().method() === 'PATCH')
  const read = page.waitForResponse((reply) => reply.url().includes('/deals/days'))
  await page.keyboard.press('Alt+ArrowDown')
  expect((await saved).ok()).toBe(true)
  // among the others of its day it gets its place with what is read then
  await (await read).finished()
  const week = new Date(Date.parse(before ?? '') + 7 * 86_400_000).toISOString().slice(0, 10)
  await expect.poll(dayOf).toBe(week)
  await settled(page)
  const moved = page.getByRole('button', { name, exact: true }).first()
  const [from, to] = [
    await moved.boundingBox(),
    await page.locator(`[data-day="${before}"]`).boundingBox(),
  ]
  const back = page.waitForResponse((reply) => reply.request().method() === 'PATCH')
  await page.mouse.move(from!.x + 20, from!.y + 8)
  await page.mouse.down()
  await page.mouse.move(to!.x + 40, to!.y + 60, { steps: 4 })
  await page.mouse.up()
  expect((await back).ok()).toBe(true)
  await expect.poll(dayOf).toBe(before)
})
