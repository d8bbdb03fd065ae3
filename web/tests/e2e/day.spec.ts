import type { Page } from '@playwright/test'
import { complaints, expect, loginOf, settled, signIn, test } from './app.ts'

const WINDOWS = {
  'with a mouse': { width: 1440, height: 900 },
  'on a phone': { width: 390, height: 844 },
}

/** Opens a page of the menu, which a phone keeps behind a button. */
async function open(page: Page, name: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Меню' })
  if (await menu.isVisible()) await menu.click()
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await settled(page)
}

/** Nothing is off the screen to the side. */
const fits = (page: Page) =>
  expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0)

for (const [how, size] of Object.entries(WINDOWS)) {
  test(`a day from signing in to a won deal, ${how}`, async ({ page }) => {
    await page.setViewportSize(size)
    const heard = complaints(page)
    const stamp = Date.now().toString(36)
    const [company, title] = [`ООО «День ${stamp}»`, `Поставка ${stamp}`]
    await signIn(page, loginOf('Manager'))
    await expect(page.getByRole('heading', { name: 'Мой день' })).toBeVisible()
    await settled(page)
    await fits(page)

    // somebody has called: a company, and a deal of it
    await open(page, 'Компании')
    await page.getByRole('button', { name: 'Новая компания' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Название').fill(company)
    await form.getByRole('button', { name: 'Добавить компанию' }).click()
    await expect(form).toBeHidden()
    await open(page, 'Сделки')
    await page.getByRole('button', { name: 'Новая сделка' }).click()
    await form.getByLabel('Название').fill(title)
    await form.getByLabel('Компания').fill(company)
    await page.getByRole('option', { name: company }).first().click()
    await form.getByLabel('Сумма').fill('250000')
    await form.getByRole('button', { name: 'Создать сделку' }).click()
    await expect(form).toBeHidden()

    // what was said, and what is next
    await page.getByRole('searchbox').fill(stamp)
    await page.getByRole('link', { name: title }).first().click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title)
    await settled(page)
    await fits(page)
    await page.getByRole('textbox', { name: 'Новая заметка' }).fill('Ждут договор до пятницы')
    await page.getByRole('textbox', { name: 'Новая заметка' }).press('Control+Enter')
    await expect(page.getByText('Ждут договор до пятницы').last()).toBeVisible()
    await page.getByRole('textbox', { name: 'Новая задача' }).fill('Отправить договор')
    await page.getByRole('textbox', { name: 'Новая задача' }).press('Enter')
    const tasks = page.getByRole('region', { name: 'Задачи' })
    const task = tasks.locator('[data-task]').filter({ hasText: 'Отправить договор' })
    await task.getByRole('checkbox').click()
    await expect(task.getByRole('checkbox')).toBeChecked()

    // one stage on, and won
    await page.locator('.dl-step').nth(1).click()
    await expect(page.locator('.dl-step').nth(1)).toHaveAttribute('aria-current', 'step')
    await page.getByRole('button', { name: 'Выиграть' }).click()
    await expect(page.getByRole('main').getByText('Выиграна').first()).toBeVisible()
    await fits(page)
    expect(heard).toEqual([])
  })
}
