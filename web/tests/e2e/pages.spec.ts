import { complaints, expect, json, loginOf, settled, signIn, test, violations } from './app.ts'

type Named = { items: { id: string }[] }

const PAGES = [
  '/',
  '/board',
  '/deals',
  '/deals/:id',
  '/companies',
  '/companies/:id',
  '/people',
  '/people/:id',
  '/automation',
  '/automation/new',
  '/dashboard',
  '/mailbox',
  '/mailbox?box=webhooks',
]

test('every page: no WCAG 2.2 AA violation in either scheme, no complaint, nothing off a phone', async ({
  page,
}) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(page, loginOf('Head of sales'))
  const heard = complaints(page)
  for (const path of PAGES) {
    let url = path
    if (path.endsWith('/:id')) {
      const list = path.slice(0, -4)
      const { items } = await json<Named>(await page.request.get(`/api/v1${list}?limit=1`))
      url = `${list}/${items[0]?.id}`
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto(url)
      await settled(page)
      expect(await violations(page), `${path}, ${colorScheme}`).toEqual([])
    }
    await page.setViewportSize({ width: 390, height: 844 })
    await settled(page)
    // what measures itself needs a moment after the window's size has changed
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    await expect.poll(width, `${path} at 390 px`).toBeLessThanOrEqual(390)
    expect(await violations(page), `${path}, on a phone`).toEqual([])
  }
  expect(heard).toEqual([])
})

test('the sign-in page and dialogs hold WCAG 2.2 AA', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto('/sign-in')
  await expect(page.getByRole('heading', { name: 'Gausdo' })).toBeVisible()
  expect(await violations(page)).toEqual([])
  await signIn(page, loginOf('Manager'))
  await page.goto('/deals')
  await settled(page)
  await page.keyboard.press('n')
  await expect(page.getByLabel('Название')).toBeFocused()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByPlaceholder('Найти, сделать')).toBeFocused()
  expect(await violations(page)).toEqual([])
})

test('a wrong password is said, and one comes back to where one was going', async ({ page }) => {
  const login = loginOf('Manager', 1)
  await page.goto('/deals?sort=title')
  await expect(page.getByLabel('Пароль', { exact: true })).toBeVisible()
  await page.getByLabel('Эл. почта').fill(login.email)
  await page.getByLabel('Пароль', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('alert')).toContainText('Неверная почта или пароль')
  await page.getByLabel('Пароль', { exact: true }).fill(login.password)
  await page.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('heading', { name: 'Сделки' })).toBeVisible()
  expect(new URL(page.url()).search).toBe('?sort=title')
})

test('the language changes words and plural forms without a reload, and is remembered', async ({
  page,
}) => {
  await signIn(page, loginOf('Head of sales'))
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

test('what one may not do is not offered, what one may not see says so', async ({ page }) => {
  await signIn(page, loginOf('Manager'))
  await page.goto('/automation')
  await settled(page)
  await expect(page.getByRole('link', { name: 'Новое правило' })).toHaveCount(0)
  await expect(page.getByRole('switch').first()).toBeDisabled()
  await page.goto('/automation/new')
  await expect(page.getByText('У вас нет доступа')).toBeVisible()
  await page.goto('/deals/01890000-0000-7000-8000-000000000000')
  await expect(page.getByText('Здесь ничего нет')).toBeVisible()
  await page.goto('/no-such-page')
  await expect(page.getByText('Такой страницы нет')).toBeVisible()
})
