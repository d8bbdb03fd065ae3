import type { Page } from '@playwright/test'
import {
  codeOf,
  comeIn,
  complaints,
  expect,
  expectAccessible,
  json,
  loginOf,
  ofOurs,
  settled,
  signIn,
  test,
} from './app.ts'

const PASSWORD = 'правильная лошадь батарейка скрепка'

/** A colleague of our own: others sign in as those of the demonstration. */
async function joined(page: Page, role: string): Promise<string> {
  const email = `${role}-${Date.now()}@demo.gausdo.example`
  const { origin } = new URL(page.url())
  const told = { name: `Новый ${role}`, email, password: PASSWORD, role }
  await json(await page.request.post('/api/v1/users', { headers: { origin }, data: told }))
  return email
}

async function enter(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByText('Русский').click()
  await page.getByLabel('Эл. почта').fill(email)
  await page.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
}

test('an administrator proves a second factor, and adds one at the first sign-in', async ({
  page,
  browser,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await signIn(page, loginOf('Administrator'))
  const heard = complaints(page)
  const email = await joined(page, 'administrator')

  const other = await browser.newContext({ locale: 'ru-RU', reducedMotion: 'reduce' })
  const beginner = await other.newPage()
  await enter(beginner, email)
  await expect(beginner.getByText('Вашей роли нужен второй фактор')).toBeVisible()
  await beginner.getByRole('button', { name: 'Приложение с кодами' }).click()
  const secret = await beginner.locator('.si-key').textContent()
  await expectAccessible(beginner, 'the first factor')
  await beginner.getByLabel('Код из приложения').fill('000000')
  await beginner.getByRole('button', { name: 'Добавить' }).click()
  await expect(beginner.getByRole('alert')).toContainText('Неверно')
  await beginner.getByLabel('Код из приложения').fill(await codeOf(secret ?? ''))
  await beginner.getByRole('button', { name: 'Добавить' }).click()
  await expect(beginner.getByRole('list', { name: 'Коды восстановления' })).toBeVisible()
  const code = await beginner.locator('.si-codes code').first().textContent()
  await expectAccessible(beginner, 'the recovery codes')
  await beginner.getByRole('button', { name: 'Коды сохранены' }).click()
  await expect(beginner.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()

  // the next time a recovery code stands in for the phone
  await other.clearCookies()
  await enter(beginner, email)
  await expect(beginner.getByLabel('Код из приложения')).toBeFocused()
  await expectAccessible(beginner, 'the second step')
  await beginner.getByRole('button', { name: 'Код восстановления' }).click()
  await beginner.getByLabel('Код восстановления').fill(code ?? '')
  await beginner.getByRole('button', { name: 'Войти', exact: true }).click()
  await expect(beginner.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()
  await other.close()
  expect(ofOurs(heard)).toEqual([])
})

test('what is dangerous asks once more and goes on; sessions are ended; the policy is set', async ({
  page,
  browser,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  const admin = loginOf('Administrator')
  await comeIn(page, admin)
  const email = await joined(page, 'manager')
  await page.goto('/administration/sign-in')
  await settled(page)
  await expectAccessible(page, 'the policy')

  const other = await browser.newContext({ locale: 'ru-RU', reducedMotion: 'reduce' })
  const away = await browser.newContext({ locale: 'ru-RU' })
  const [here, there] = [await other.newPage(), await away.newPage()]
  await enter(there, email)
  await expect(there.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()
  await enter(here, email)
  await expect(here.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()
  await here.goto('/settings')
  await settled(here)
  // five minutes have passed since the password was told
  let asked = false
  await here.route('**/api/v1/me/sessions', async (route) => {
    if (asked || route.request().method() !== 'DELETE') return route.fallback()
    asked = true
    const code = 'authentication.step-up-needed'
    await route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Forbidden', status: 403, code, detail: '', data: {} }),
    })
  })
  await here.getByRole('button', { name: 'Завершить все остальные' }).click()
  const dialog = here.getByRole('dialog')
  await expect(dialog.getByLabel('Пароль', { exact: true })).toBeFocused()
  await expectAccessible(here, 'the question whether it is you')
  await dialog.getByLabel('Пароль', { exact: true }).fill('не он')
  await dialog.getByRole('button', { name: 'Продолжить' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Неверн')
  await dialog.getByLabel('Пароль', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Продолжить' }).click()
  await expect(dialog).toBeHidden()
  await expect(here.getByRole('button', { name: 'Завершить все остальные' })).toHaveCount(0)
  await expect(there.getByRole('heading', { name: 'Войдите ещё раз' })).toBeVisible()
  await other.close()
  await away.close()
})

test('a passkey is added, is the second step, and lets in without a password', async ({
  page,
  browser,
}) => {
  await comeIn(page, loginOf('Administrator'))
  const email = await joined(page, 'administrator')
  const other = await browser.newContext({ locale: 'ru-RU', reducedMotion: 'reduce' })
  const beginner = await other.newPage()
  const heard = complaints(beginner)
  const devtools = await other.newCDPSession(beginner)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await enter(beginner, email)
  await expect(beginner.getByRole('button', { name: 'Приложение с кодами' })).toBeVisible()
  await expectAccessible(beginner, 'the kinds of factors')
  await beginner.getByRole('button', { name: 'Ключ доступа' }).click()
  await beginner.getByLabel('Как его называть').fill('Мой ноутбук')
  await expectAccessible(beginner, 'a new passkey')
  await beginner.getByRole('button', { name: 'Создать ключ доступа' }).click()
  await beginner.getByRole('button', { name: 'Коды сохранены' }).click()
  const menu = beginner.getByRole('navigation', { name: 'Главное меню' })
  await expect(menu).toBeAttached()
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId })
  expect(credentials.map((one) => [one.rpId, one.userName])).toEqual([['localhost', email]])

  const touched = (enabled: boolean) =>
    devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  const verified = (isUserVerified: boolean) =>
    devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })

  // the browser offers it in the field of the e-mail
  await other.clearCookies()
  await beginner.goto('/sign-in')
  await expect(menu).toBeAttached()

  // after the password it is the second step
  await other.clearCookies()
  await touched(false)
  await enter(beginner, email)
  const second = beginner.getByRole('button', { name: 'Ключ доступа', exact: true })
  await expect(second).toBeVisible()
  await expectAccessible(beginner, 'the second step by a passkey')
  await touched(true)
  await second.click()
  await expect(menu).toBeAttached()

  // alone it has to make sure of the person
  await other.clearCookies()
  await touched(false)
  await beginner.goto('/sign-in')
  const alone = beginner.getByRole('button', { name: 'Войти с ключом доступа' })
  await expect(alone).toBeVisible()
  await expectAccessible(beginner, 'the sign-in page with passkeys')
  await verified(false)
  await touched(true)
  await expect(beginner.getByRole('heading', { name: 'Gausdo' })).toBeVisible()
  await alone.click()
  await expect(beginner.getByRole('alert')).toContainText('Ключ доступа не использован')
  await verified(true)
  await alone.click()
  await expect(menu).toBeAttached()

  await beginner.goto('/settings')
  await settled(beginner)
  await beginner.getByRole('button', { name: 'Переименовать «Мой ноутбук»' }).click()
  await beginner.getByRole('textbox', { name: 'Как его называть' }).fill('Рабочий ноутбук')
  await beginner.getByRole('dialog').getByRole('button', { name: 'Сохранить' }).click()
  await expect(beginner.getByText('Рабочий ноутбук')).toBeVisible()
  await expectAccessible(beginner, 'the settings')
  await other.close()
  expect(ofOurs(heard)).toEqual([])
})
