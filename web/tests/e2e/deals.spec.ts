import type { Page } from '@playwright/test'
import { comeIn, expect, json, loginOf, settled, test, within } from './app.ts'
import { fresh, type Deal } from './fresh.ts'

const change = async (page: Page, deal: Deal, data: object) =>
  await json<Deal>(
    await page.request.patch(`/api/v1/deals/${deal.id}`, {
      headers: { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' },
      data: { ...data, version: deal.version },
    }),
  )

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 900 })
  await comeIn(page, loginOf('Manager'))
})

test('a lost race puts the card back where it is now and says what happened', async ({ page }) => {
  const title = `Гонка ${Date.now()}`
  const { deal, pipeline } = await fresh(page, title)
  const [from, to] = pipeline.stages
  // this browser is not told of what happens meanwhile
  await page.routeWebSocket('**/api/v1/live', () => undefined)
  await page.goto(`/board?pipeline=${pipeline.id}`)
  await settled(page)
  const renamed = `${title}, переименована`
  await change(page, deal, { title: renamed })
  const card = page.locator(`[data-column="${from?.id}"] [data-card="${deal.id}"]`)
  await card.dragTo(page.locator(`[data-column="${to?.id}"] [data-card]`).first())
  await expect(page.getByText('Сделка не перемещена')).toBeVisible()
  await expect(card).toContainText('переименована')
})

test('“Move to…” moves, a loss asks for its reason, and may be thought better of', async ({
  page,
}) => {
  const { deal, pipeline } = await fresh(page, `Меню ${Date.now()}`)
  await page.goto(`/board?pipeline=${pipeline.id}`)
  await settled(page)
  const lost = pipeline.stages.find((stage) => stage.kind === 'lost')
  const card = page.locator(`[data-card="${deal.id}"]`)
  await card.getByRole('button', { name: /^Переместить/ }).click()
  await page.getByRole('menuitem', { name: lost?.name ?? '' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Отмена' }).click()
  await expect(
    page.locator(`[data-column="${pipeline.stages[0]?.id}"] [data-card="${deal.id}"]`),
  ).toBeVisible()
  await card.getByRole('button', { name: /^Переместить/ }).click()
  await page.getByRole('menuitem', { name: lost?.name ?? '' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Отметить проигранной' }).click()
  await expect(dialog.getByText('Напишите причину в нескольких словах')).toBeVisible()
  await dialog.getByLabel('Причина').fill('Ушли к соседям')
  await dialog.getByRole('button', { name: 'Отметить проигранной' }).click()
  await page.goto(`/deals/${deal.id}`)
  await expect(page.getByText('Проиграна: Ушли к соседям')).toBeVisible()
})

test('a stale edit keeps the text, says who changed what, and may be put over it', async ({
  page,
}) => {
  const title = `Спор ${Date.now()}`
  const { deal } = await fresh(page, title)
  await page.goto(`/deals/${deal.id}`)
  await settled(page)
  await page.getByTitle('Изменить: Название').click()
  await page.getByRole('textbox', { name: 'Название' }).fill('Мой вариант')
  await change(page, deal, { title: `${title} 2` })
  // the page is told of the change while one types, and must not take it for what one began with
  await expect(page.getByText(`${title} → ${title} 2`)).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText(`${title} → ${title} 2`)
  await expect(page.getByRole('alert')).toContainText(`${loginOf('Manager').name} уже`)
  await expect(page.getByRole('textbox', { name: 'Название' })).toHaveValue('Мой вариант')
  await page.keyboard.press('Enter')
  await expect(page.getByTitle('Изменить: Название')).toContainText('Мой вариант')
})

test('a sum and a day that cannot be stay as typed and are not saved as others', async ({
  page,
}) => {
  const { deal } = await fresh(page, `Опечатка ${Date.now()}`)
  await page.goto(`/deals/${deal.id}`)
  await page.getByTitle('Изменить: Сумма').click()
  const sum = page.getByRole('textbox', { name: 'Сумма' })
  await sum.fill('-5')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('Сумма не может быть отрицательной')
  await expect(sum).toHaveValue('-5')
  await sum.fill('10,129')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('В сумме больше двух знаков после запятой')
  await sum.fill('10,12')
  await page.keyboard.press('Enter')
  await expect(page.getByTitle('Изменить: Сумма')).toContainText('10,12')
  await page.getByTitle('Изменить: Ожидается').click()
  const day = page.getByRole('textbox', { name: 'Ожидается' })
  await day.pressSequentially('31.02.2027')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('Такой даты нет: 31.02.2027')
  await day.clear()
  await day.pressSequentially('28.02.2027')
  await page.keyboard.press('Enter')
  await expect(page.getByTitle('Изменить: Ожидается')).toContainText('28 февр. 2027')
})

test('Enter in the palette opens the first record found, however late it comes', async ({
  page,
}) => {
  const title = `Палитра ${Date.now()}`
  const { deal } = await fresh(page, title)
  await page.goto('/companies')
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Найти, сделать').fill(title)
  await expect(page.getByRole('dialog').getByRole('button', { name: title })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/deals/${deal.id}`))
})

test('the palette finds by the other layout, a part of a phone and with a slip, at 390 px', async ({
  page,
}) => {
  const { keyboard } = page
  await page.setViewportSize({ width: 390, height: 844 })
  const digits = String(Date.now()).slice(-7)
  const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
  const data = { name: `Зюзюкин ${digits}`, phones: [`+7 916 ${digits}`] }
  const answer = await page.request.post('/api/v1/people', { headers, data })
  const person = await json<{ id: string }>(answer)
  await page.goto('/people')
  await settled(page)
  const dialog = page.getByRole('dialog')
  const line = dialog.getByRole('button', { name: data.name })
  for (const [typed, marked] of [
    ['p.p.rby', 'Зюзюкин'],
    [digits.slice(1, 6), digits.slice(1, 6)],
    [`зюзюикн ${digits}`, 'Зюзюкин'],
  ] as const) {
    await keyboard.press('Control+k')
    await expect(dialog.getByPlaceholder('Найти, сделать')).toBeFocused()
    await keyboard.type(typed)
    await expect(line.locator('mark').first()).toHaveText(marked)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
  await keyboard.press('Control+k')
  await expect(dialog.getByPlaceholder('Найти, сделать')).toBeFocused()
  await keyboard.type(`зюзюикн ${digits}`)
  await expect(line).toHaveAttribute('data-selected', 'true')
  await keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/people/${person.id}`))
  await settled(page)
  await keyboard.press('Control+k')
  await expect(line).toHaveAttribute('data-selected', 'true')
})

test('a form shows its errors, then the server’s, and what was typed survives', async ({
  page,
}) => {
  await page.goto('/companies')
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: 'Добавить компанию' }).click()
  await expect(form.getByText('Укажите название компании')).toBeVisible()
  const name = `Проба ${Date.now()}`
  await form.getByLabel('Название').fill(name)
  await form.getByLabel('Эл. почта').fill('not an address')
  await page.keyboard.press('Enter')
  await form.getByRole('button', { name: 'Добавить компанию' }).click()
  await expect(form.getByLabel('Эл. почта')).toHaveAttribute('aria-invalid', 'true')
  await page.keyboard.press('Escape')
  await page.reload()
  await settled(page)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue(name)
  await form.getByRole('button', { name: 'Начать заново' }).click()
  await expect(form.getByLabel('Название')).toHaveValue('')
})

test('filters live in the address, the list is read on by scrolling, Enter opens', async ({
  page,
}) => {
  await page.goto('/deals')
  await settled(page)
  await page.getByPlaceholder('Любое состояние').click()
  await page.getByRole('option', { name: 'Открытые' }).click()
  await expect(page).toHaveURL(/kind=open/)
  await page.getByRole('button', { name: 'Ещё', exact: true }).click()
  await page.getByLabel('Сумма от', { exact: true }).fill('100000')
  await page.getByRole('button', { name: 'Применить' }).click()
  await expect(page).toHaveURL(/from=/)
  await page.reload()
  await settled(page)
  const grid = page.getByRole('grid', { name: 'Сделки' })
  await grid.evaluate((element) => element.scrollTo({ top: 1e6 }))
  await expect
    .poll(async () => {
      await grid.evaluate((element) => element.scrollTo({ top: 1e6 }))
      return Number(await page.locator('.gr-row').last().getAttribute('aria-rowindex'))
    })
    .toBeGreaterThan(52)
  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/deals\/[0-9a-f-]{36}$/)
})

test('a deal a colleague gives me rings the bell within a moment, and is read by opening it', async ({
  page,
  browser,
}) => {
  const me = await json<{ user: { id: string } }>(await page.request.get('/api/v1/me'))
  const head = await browser.newPage()
  await comeIn(head, loginOf('Head of sales'))
  await page.goto('/notices')
  await settled(page)
  const bell = page.getByRole('link', { name: /^Уведомления/ }).first()
  const rung = await bell.getAttribute('aria-label')
  const title = `Вам ${Date.now()}`
  const { deal } = await fresh(head, title)
  await change(head, deal, { owner_id: me.user.id })
  const row = page.locator('[data-notice]').filter({ hasText: title })
  await expect(row).toHaveAttribute('data-unread', 'true', { timeout: within(3000) })
  await expect(bell).not.toHaveAttribute('aria-label', rung ?? '')
  await row.getByRole('link', { name: title }).click()
  await expect(page).toHaveURL(new RegExp(`/deals/${deal.id}`))
  await page.goBack()
  await expect(row).not.toHaveAttribute('data-unread')
  await expect(bell).toHaveAttribute('aria-label', rung ?? '')
})
