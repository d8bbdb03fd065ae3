import { comeIn, expect, expectAccessible, json, loginOf, settled, test } from './app.ts'

type Deal = { id: string; title: string; worth: object | null; owner: { id: string } }
type Me = { user: { id: string; name: string } }

test('a role hides the sum from whoever has it, a shared deal opens, and it is said why', async ({
  browser,
}) => {
  const [page, other] = [await browser.newPage(), await browser.newPage()]
  await page.setViewportSize({ width: 1440, height: 900 })
  await other.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Administrator'))
  await comeIn(other, loginOf('Manager', 1))
  const { user } = await json<Me>(await other.request.get('/api/v1/me'))
  const dialog = page.getByRole('dialog')

  // a copy of the manager's role that hides the sum
  await page.goto('/administration/roles')
  await settled(page)
  await page.getByRole('link', { name: 'Копировать роль «Менеджер по продажам»' }).click()
  await page.getByLabel('Название').fill('Без сумм')
  await page.getByRole('button', { name: 'Сделки' }).click()
  await page.getByLabel('Сумма').selectOption('hidden')
  await expectAccessible(page, 'the matrix of a role')
  await page.getByRole('button', { name: 'Создать роль' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Без сумм' })).toBeVisible()

  // it is given instead of the other
  await page.goto('/administration/people')
  await page.getByRole('row').filter({ hasText: user.name }).click()
  await dialog.getByLabel('Роли').click()
  await page.getByRole('option', { name: 'Без сумм' }).click()
  await page.getByRole('option', { name: 'Менеджер по продажам' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: user.name })).toContainText('Без сумм')

  // no sum on the board, in the list, on the page
  type Deals = { items: Deal[] }
  const read = async (whose: typeof page, query: string) =>
    (await json<Deals>(await whose.request.get(`/api/v1/deals?limit=50&${query}`))).items
  await other.goto('/board')
  await expect(other.locator('[data-card]').first()).toContainText('скрыто')
  await other.goto('/deals')
  await settled(other)
  await expect(other.getByRole('columnheader', { name: 'Название' })).toBeVisible()
  await expect(other.getByRole('columnheader', { name: 'Сумма' })).toHaveCount(0)
  await other.getByRole('button', { name: 'Столбцы' }).click()
  await expect(other.getByRole('checkbox', { name: 'Этап' })).toBeVisible()
  await expect(other.getByRole('checkbox', { name: 'Сумма' })).toHaveCount(0)
  await other.keyboard.press('Escape')
  const [mine] = await read(other, `owner_id=${user.id}`)
  await other.goto(`/deals/${mine?.id}`)
  await expect(other.locator('.g-facts')).toContainText('скрыто')
  await expect(other.getByRole('button', { name: /^Сумма/ })).toHaveCount(0)
  expect((await read(other, '')).every((deal) => deal.worth === null)).toBe(true)

  await other.goto('/deals')
  await other.getByRole('button', { name: 'Новая сделка' }).click()
  const form = other.getByRole('dialog')
  await expect(form.getByLabel('Название')).toBeVisible()
  await expect(form.getByLabel('Сумма')).toHaveCount(0)
  await other.keyboard.press('Escape')

  // a stranger's deal is nothing until it is shared
  const seen = new Set((await read(other, '')).map((deal) => deal.id))
  const { items: every } = await json<Deals>(await page.request.get('/api/v1/deals?limit=200'))
  const refused = async (id: string) =>
    (await other.request.get(`/api/v1/deals/${id}`)).status() === 404
  let strange: Deal | undefined
  for (const deal of every) {
    if (seen.has(deal.id) || !(await refused(deal.id))) continue
    strange = deal
    break
  }
  if (!strange) throw new Error('every deal of the demonstration is theirs to see')
  await page.goto(`/deals/${strange.id}`)
  await page.getByRole('button', { name: 'Доступ' }).click()
  await dialog.getByRole('combobox', { name: 'Открыть доступ' }).click()
  await page.getByRole('option', { name: user.name }).click()
  await dialog.getByRole('button', { name: 'Открыть', exact: true }).click()
  await expect(dialog.locator('[data-share]')).toContainText(user.name)
  await expectAccessible(page, 'with whom a deal is shared')
  await page.keyboard.press('Escape')
  await other.goto(`/deals/${strange.id}`)
  await expect(other.getByRole('heading', { level: 1 })).toContainText(strange.title)

  await page.getByRole('button', { name: 'Кто что может с этой записью?' }).click()
  await dialog.getByRole('combobox', { name: 'Сотрудник' }).click()
  await page.getByRole('option', { name: user.name }).click()
  const sees = dialog.locator('[data-operation=read]')
  await expect(sees).toContainText('К записи открыт доступ')
  await expect(sees).toContainText('Кроме полей: Сумма')
  await expectAccessible(page, 'why somebody may')
})

test('a deal is deleted after a question, tells so at its address, and comes back by “Undo”', async ({
  browser,
}) => {
  const context = await browser.newContext()
  const [page, elsewhere] = [await context.newPage(), await context.newPage()]
  await comeIn(page, loginOf('Head of sales'))
  const title = `Лишняя ${Date.now()}`
  const origin = new URL(page.url()).origin
  const made = await page.request.post('/api/v1/deals', {
    headers: { origin, 'sec-fetch-site': 'same-origin' },
    data: { title },
  })
  const deal = await json<Deal>(made)
  await page.goto(`/deals/${deal.id}`)
  await page.getByRole('button', { name: 'Ещё' }).click()
  await page.getByRole('menuitem', { name: 'Удалить…' }).click()
  const question = page.getByRole('dialog', { name: `Удалить «${title}»?` })
  await expect(question).toContainText('Сделка исчезнет с доски')
  await question.getByRole('button', { name: 'Удалить' }).click()
  await expect(page).toHaveURL(/\/deals$/)
  const toast = page.getByRole('alert').filter({ hasText: title })
  await expect(toast).toContainText('запись удалена')
  await elsewhere.goto(`/deals/${deal.id}`)
  await expect(elsewhere.getByText(`«${title}»: запись удалена`)).toBeVisible()
  await elsewhere.goto('/deleted?of=deal')
  await expect(elsewhere.getByRole('link', { name: title })).toBeVisible()
  await toast.getByRole('button', { name: 'Отменить' }).click()
  await expect(page).toHaveURL(new RegExp(`/deals/${deal.id}$`))
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
})
