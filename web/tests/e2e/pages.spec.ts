import {
  comeIn,
  complaints,
  expect,
  expectAccessible,
  json,
  loginOf,
  settled,
  test,
  violations,
  visit,
} from './app.ts'
import { looked, watchJumps } from './looked.ts'

type Named = { items: { id: string }[] }

const PAGES = [
  '/',
  '/calendar',
  '/calendar?view=month',
  '/board',
  '/deals',
  '/deals/:id',
  '/forecast',
  '/companies',
  '/companies/:id',
  '/people',
  '/people/:id',
  '/tasks',
  '/tasks?group=state',
  '/products',
  '/segments',
  '/automation',
  '/automation/new',
  '/dashboard',
  '/imports',
  '/deleted',
  '/notices',
  '/settings',
  '/mailbox',
  '/mailbox?box=webhooks',
]

test('every page: no WCAG 2.2 AA violation in either scheme, no complaint, nothing off a phone, cut or jumping', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await comeIn(page, loginOf('Head of sales'))
  const heard = complaints(page)
  await watchJumps(page)
  await page.goto('/')
  for (const path of PAGES) {
    let url = path
    if (path.endsWith('/:id')) {
      const list = path.slice(0, -4)
      const { items } = await json<Named>(await page.request.get(`/api/v1${list}?limit=1`))
      url = `${list}/${items[0]?.id}`
    }
    await looked(page, path, url)
    expect(await violations(page), `${path}, on a phone`).toEqual([])
  }
  expect(heard).toEqual([])
})

/** The administration, as an administrator has it. */
const ADMINISTRATION = [
  'people',
  'teams',
  'roles',
  'roles/new',
  'fields',
  'sign-in',
  'providers',
  'providers/new',
  'api-keys',
  'ip-rules',
  'integrations',
  'pipelines',
  'pipelines/new',
  'seller',
  'rates',
  'consents',
  'configuration',
  'audit',
  'parked',
  'jobs',
  'health',
].map((name) => `/administration/${name}`)

test('every page of the administration: the same', async ({ page }) => {
  test.setTimeout(300_000)
  await comeIn(page, loginOf('Administrator'))
  const heard = complaints(page)
  await watchJumps(page)
  await page.goto('/')
  for (const path of ADMINISTRATION) await looked(page, path)
  expect(heard).toEqual([])
})

/** What is shown instead of what was asked for, and the way on, by the address that asks for it. */
const INSTEAD = {
  '/deals?q=qzqzqz': ['Таких сделок нет', 'Сбросить фильтры'],
  '/companies?q=qzqzqz': ['Ничего не найдено'],
  '/board?q=qzqzqz': ['На этом этапе сделок нет'],
  '/automation/new': ['У вас нет доступа', 'Все правила'],
  '/deals/01890000-0000-7000-8000-000000000000': ['Здесь ничего нет', 'Все сделки'],
  '/no-such-page': ['Такой страницы нет', 'К моему дню', 'Автоматизация'],
}

test('dialogs, menus and what is shown instead of a page hold WCAG 2.2 AA in both schemes', async ({
  page,
}) => {
  const { keyboard } = page
  const dialog = page.getByRole('dialog')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/sign-in')
  await expect(page.getByRole('heading', { name: 'Gausdo' })).toBeVisible()
  await expectAccessible(page, 'the sign-in page')
  await comeIn(page, loginOf('Manager'))
  await page.goto('/deals')
  await settled(page)
  await keyboard.press('n')
  await expect(dialog.getByLabel('Название')).toBeFocused()
  await keyboard.press('Enter')
  await expect(dialog.getByText('Назовите сделку')).toBeVisible()
  await expectAccessible(page, 'a form with a problem')
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await keyboard.press('Control+k')
  await expect(dialog.getByPlaceholder('Найти, сделать')).toBeFocused()
  await expectAccessible(page, 'the palette')
  await keyboard.type('qzqzqz')
  await expect(dialog.getByText('Ничего не найдено')).toBeVisible()
  await expectAccessible(page, 'the palette without a find')
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await keyboard.press('Shift+Slash')
  await expect(dialog.getByRole('heading', { name: 'Клавиши' })).toBeVisible()
  await expectAccessible(page, 'the keys')
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: /настройки/ }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await expectAccessible(page, 'the menu of the person')
  await page.goto('/board')
  await settled(page)
  await page.locator('[data-card] button[aria-haspopup=menu]').first().click()
  await expect(page.getByRole('menu')).toBeVisible()
  await expectAccessible(page, 'the menu of a card')
  await page.getByRole('menuitem').last().click()
  await expect(dialog.getByLabel('Причина')).toBeFocused()
  await expectAccessible(page, 'the reason of a loss')
  for (const [url, texts] of Object.entries(INSTEAD)) {
    await visit(page, url)
    for (const text of texts) await expect(page.getByText(text).first()).toBeVisible()
    await expectAccessible(page, url)
  }
})

test('a wrong password is said, and one comes back to where one was going', async ({ page }) => {
  const login = loginOf('Manager', 1)
  await page.goto('/deals?sort=title')
  await expect(page.getByLabel('Пароль', { exact: true })).toBeVisible()
  await page.getByLabel('Эл. почта').fill(login.email)
  await page.getByLabel('Пароль', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('Неверная почта или пароль')
  await page.getByLabel('Пароль', { exact: true }).fill(login.password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Сделки' })).toBeVisible()
  expect(new URL(page.url()).search).toBe('?sort=title')
})

test('the language changes words and plural forms without a reload, and is remembered', async ({
  page,
}) => {
  await comeIn(page, loginOf('Head of sales'))
  await page.goto('/automation')
  await expect(page.getByText(/^\d+ правил/)).toBeVisible()
  await page.getByRole('button', { name: /настройки/ }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await expect(page.getByText(/^\d+ rules?$/)).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.reload()
  await expect(page.getByText(/^\d+ rules?$/)).toBeVisible()
  await page.getByRole('button', { name: /settings/ }).click()
  await page.getByRole('menuitem', { name: 'Русский' }).click()
  await expect(page.getByText(/^\d+ правил/)).toBeVisible()
})

test('what one may not do is not offered', async ({ page }) => {
  await comeIn(page, loginOf('Manager'))
  await page.goto('/automation')
  await settled(page)
  await expect(page.getByRole('link', { name: 'Новое правило' })).toHaveCount(0)
  await expect(page.getByRole('switch').first()).toBeDisabled()
  await page.locator('[data-rule] a').first().click()
  await expect(page.getByLabel('Название правила')).toBeDisabled()
  await expect(page.getByRole('button', { name: /шаг|письмо|задачу|вебхук/i })).toHaveCount(0)
})

test('a rule that was changed meanwhile is not saved over unasked', async ({ page }) => {
  type Rule = { id: string; name: string; version: number }
  await comeIn(page, loginOf('Head of sales'))
  const [rule] = await json<Rule[]>(await page.request.get('/api/v1/rules'))
  if (!rule) throw new Error('the demonstration has no rule')
  const { origin } = new URL(page.url())
  const rename = async (name: string, version: number) =>
    await json<Rule>(
      await page.request.patch(`/api/v1/rules/${rule.id}`, {
        headers: { origin, 'sec-fetch-site': 'same-origin' },
        data: { name, version },
      }),
    )
  await page.goto(`/automation/${rule.id}`)
  await settled(page)
  const name = page.getByLabel('Название правила')
  const save = page.getByRole('button', { name: 'Сохранить' })
  await name.fill(`${rule.name} (моё)`)
  const theirs = `${rule.name} (другое)`
  await rename(theirs, rule.version)
  // on the way back the page reads what they have made of it; what was typed is of the rule before
  await page.getByRole('navigation').getByRole('link', { name: 'Автоматизация' }).click()
  await page.getByRole('link', { name: theirs }).click()
  await expect(page.getByRole('heading', { name: theirs })).toBeVisible()
  await expect(name).toHaveValue(`${rule.name} (моё)`)
  await save.click()
  await expect(page.getByText('уже внёс(ла) изменения')).toBeInViewport()
  await expect(name).toHaveValue(`${rule.name} (моё)`)
  await save.click()
  await expect(page.getByText('Правило сохранено')).toBeVisible()
  // and once more, from what was just saved: nobody has changed that
  await name.fill(rule.name)
  await save.click()
  await expect(page.getByRole('heading', { name: rule.name, exact: true })).toBeVisible()
})
