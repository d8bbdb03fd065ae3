import type { BrowserContext } from '@playwright/test'
import {
  comeIn,
  complaints,
  count,
  expect,
  expectAccessible,
  loginOf,
  ofOurs,
  settled,
  signIn,
  test,
  warm,
} from './app.ts'

// what is looked at without a server has to be there before
test.use({ savesData: false })

const NO_CONNECTION = 'Нет связи. Введённое сохраняется; всё продолжится само.'

/** The session ends elsewhere: the cookie is still there, and nobody is behind it. */
async function expire(context: BrowserContext): Promise<void> {
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-gausdo')
  if (!cookie) throw new Error('nobody is signed in')
  await context.addCookies([{ ...cookie, value: 'x'.repeat(cookie.value.length) }])
}

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Manager'))
})

test('a lost connection is told, loses nothing, and what was sent goes on once by itself', async ({
  page,
  context,
}) => {
  const heard = complaints(page)
  const title = `Без связи ${Date.now()}`
  await page.goto('/deals')
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog')
  await form.getByLabel('Название').fill(title)
  await context.setOffline(true)
  await form.getByRole('button', { name: 'Создать сделку' }).click()
  await expect(page.getByText(NO_CONNECTION)).toBeVisible()
  await expectAccessible(page, 'without a connection')
  await expect(form.getByLabel('Название')).toHaveValue(title)
  await context.setOffline(false)
  await expect(page.getByText(`Сделка «${title}» создана`)).toBeVisible({ timeout: 15_000 })
  await expect(page.getByText(NO_CONNECTION)).toBeHidden()
  expect(await count(page, 'deals', title)).toBe(1)
  expect(ofOurs(heard)).toEqual([])
})

test('an answer lost on its way makes nothing twice, also after a reload', async ({ page }) => {
  const title = `Потерянный ответ ${Date.now()}`
  await page.goto('/deals')
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog')
  await form.getByLabel('Название').fill(title)
  let lost = 0
  await page.route('**/api/v1/deals', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    // it arrives and is carried out; its answer never comes back
    await route.fetch()
    lost += 1
    return route.abort('connectionreset')
  })
  await form.getByRole('button', { name: 'Создать сделку' }).click()
  await expect.poll(() => lost).toBeGreaterThan(1)
  await page.reload()
  await page.unrouteAll({ behavior: 'wait' })
  await settled(page)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue(title)
  await form.getByRole('button', { name: 'Создать сделку' }).click()
  await expect(page.getByText(`Сделка «${title}» создана`)).toBeVisible()
  expect(await count(page, 'deals', title)).toBe(1)
})

test('a search without a connection says so instead of showing the old list, and is answered later', async ({
  page,
  context,
}) => {
  await page.goto('/companies')
  await settled(page)
  await warm(page)
  const found = page.getByRole('grid', { name: 'Компании' }).getByRole('row')
  await expect(found.nth(1)).toBeVisible()
  await context.setOffline(true)
  await page.keyboard.press('/')
  await page.keyboard.type('ооо')
  await expect(page.getByRole('main').getByText('Нет связи')).toBeVisible()
  await expect(found).toHaveCount(0)
  await expectAccessible(page, 'a search without a connection')
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog')
  await palette.getByPlaceholder('Найти, сделать').fill('ромашка')
  await expect(palette.getByText('Записи найти не удалось')).toBeVisible()
  await page.keyboard.press('Escape')
  await context.setOffline(false)
  await expect(found.nth(1)).toBeVisible({ timeout: 15_000 })
  await expect(page.getByRole('searchbox')).toHaveValue('ооо')
})

test('a page opened without a connection says so and is shown once it is back', async ({
  page,
  context,
}) => {
  await page.goto('/')
  await settled(page)
  await warm(page)
  await context.setOffline(true)
  for (const name of ['Доска', 'Сделки', 'Люди', 'Автоматизация', 'Дашборд', 'Демо-почта']) {
    const link = page.getByRole('navigation').getByRole('link', { name })
    await link.click()
    await expect(page.getByRole('main').getByText('Нет связи').first()).toBeVisible()
  }
  await expectAccessible(page, 'a page without a connection')
  await page.getByRole('link', { name: 'Сделки' }).click()
  await context.setOffline(false)
  await expect(page.getByRole('grid').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 })
})

test('a session that ends while one types: one signs in over the page, and it goes on', async ({
  page,
  context,
}) => {
  const heard = complaints(page)
  const title = `Сеанс ${Date.now()}`
  await page.goto('/board')
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog', { name: 'Новая сделка' })
  await form.getByLabel('Название').fill(title)
  await expire(context)
  await form.getByRole('button', { name: 'Создать сделку' }).click()
  const again = page.getByRole('dialog', { name: 'Войдите ещё раз' })
  await expect(again.getByLabel('Пароль', { exact: true })).toBeFocused()
  await expectAccessible(page, 'a session that has ended')
  await page.keyboard.press('Escape')
  await expect(again).toBeVisible()
  await expect(form.getByLabel('Название')).toHaveValue(title)
  await again.getByLabel('Пароль', { exact: true }).fill('not the password')
  await page.keyboard.press('Enter')
  await expect(again.getByRole('alert')).toContainText('Неверная почта или пароль')
  await again.getByLabel('Пароль', { exact: true }).fill(loginOf('Manager').password)
  await page.keyboard.press('Enter')
  await expect(page.getByText(`Сделка «${title}» создана`)).toBeVisible()
  expect(await count(page, 'deals', title)).toBe(1)
  expect(ofOurs(heard)).toEqual([])
})

test('back, a reload and a second tab lose nothing; another person sees nothing of it', async ({
  page,
  context,
}) => {
  const name = `Черновик ${Date.now()}`
  await page.goto('/deals')
  await settled(page)
  await page.getByRole('navigation').getByRole('link', { name: 'Компании' }).click()
  // until they are here, the key is that of the deals
  const companies = page.getByRole('heading', { name: 'Компании' })
  await expect(companies).toBeVisible()
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog', { name: 'Новая компания' })
  await form.getByLabel('Название').fill(name)
  await page.goBack()
  await expect(form).toBeHidden()
  await expect(page).toHaveURL(/\/deals$/)
  await page.goForward()
  await expect(companies).toBeVisible()
  await settled(page)

  // a second tab starts with an empty form of its own
  const second = await context.newPage()
  await second.goto('/companies')
  await settled(second)
  await second.keyboard.press('n')
  await expect(second.getByRole('dialog').getByLabel('Название')).toHaveValue('')
  await second.getByRole('dialog').getByLabel('Название').fill(`${name}, вторая`)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue(name)
  await page.reload()
  await settled(page)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue(name)

  // what a closed tab had kept is offered to the next one that opens the form
  await form.getByRole('button', { name: 'Начать заново' }).click()
  await page.keyboard.press('Escape')
  await second.close({ runBeforeUnload: true })
  // it says farewell while it closes, which the other tab sees a moment later
  const tabs = () =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('gausdo.tab.')))
  await expect.poll(tabs).toHaveLength(1)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue(`${name}, вторая`)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /настройки/ }).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.waitForURL(/sign-in/) // the page is drawn anew
  await signIn(page, loginOf('Manager', 1))
  await page.goto('/companies')
  await settled(page)
  await page.keyboard.press('n')
  await expect(form.getByLabel('Название')).toHaveValue('')
})
