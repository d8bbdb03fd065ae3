import { comeIn, expect, loginOf, settled, test } from './app.ts'
import { fresh } from './fresh.ts'

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 900 })
  await comeIn(page, loginOf('Manager'))
})

test('cards are chosen and changed by keys, moved together, and a column is folded for good', async ({
  page,
}) => {
  const { deal, pipeline } = await fresh(page, `Первая ${Date.now()}`)
  const { deal: other } = await fresh(page, `Вторая ${Date.now()}`)
  const [from, to] = pipeline.stages
  await page.goto(`/board?pipeline=${pipeline.id}`)
  await settled(page)
  const cardOf = (id: string) => page.locator(`[data-card="${id}"]`)
  await cardOf(other.id).focus()
  await page.keyboard.press('x')
  await page.keyboard.press('ArrowDown')
  await expect(cardOf(deal.id)).toBeFocused()
  await page.keyboard.press('x')
  await page.keyboard.press('e')
  const form = page.getByRole('dialog')
  await expect(form.getByLabel('Сумма')).toBeFocused()
  await form.getByLabel('Сумма').fill('4321')
  await page.keyboard.press('Enter')
  await expect(form).toBeHidden()
  await expect(cardOf(deal.id)).toContainText('4 321')
  await expect(cardOf(deal.id)).toBeFocused()

  await page.getByText('Выбраны 2 записи').waitFor()
  await page.getByRole('button', { name: 'Переместить на…', exact: true }).click()
  await page.getByRole('menuitem', { name: to?.name ?? '' }).click()
  await expect(page.getByText('Перемещены 2 сделки')).toBeVisible()
  for (const { id } of [deal, other]) {
    await expect(page.locator(`[data-column="${to?.id}"] [data-card="${id}"]`)).toBeVisible()
  }

  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: `Столбец «${from?.name}»` }).click()
  const folded = page.locator(`[data-column="${from?.id}"]`)
  await expect(folded.locator('[data-card]')).toHaveCount(0)
  await expect(folded.locator('[data-sum]')).toContainText('₽')
  await page.reload()
  await expect(folded).toHaveAttribute('data-folded', 'true')
})
