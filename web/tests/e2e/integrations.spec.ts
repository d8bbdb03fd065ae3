import {
  comeIn,
  complaints,
  expect,
  expectAccessible,
  json,
  loginOf,
  settled,
  test,
} from './app.ts'

type Rule = { steps: { type: string; url?: string }[] }

test('a webhook is tried, and what came of it is said in both languages', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Administrator'))
  const rules = await json<Rule[]>(await page.request.get('/api/v1/rules'))
  const url = rules.flatMap((rule) => rule.steps).find((step) => step.url)?.url ?? ''
  const heard = complaints(page)
  await page.goto('/administration/integrations')
  await settled(page)
  const address = page.getByLabel('Вызвать адрес для проверки')
  const outcome = page.locator('section', { has: address }).getByRole('status')
  await address.fill(url)
  await page.getByRole('button', { name: 'Вызвать', exact: true }).click()
  await expect(outcome).toHaveText('Работает Получатель ответил 204.', { timeout: 20_000 })
  await address.fill('https://nobody.invalid/hook')
  await page.getByRole('button', { name: 'Вызвать', exact: true }).click()
  await expect(outcome).toContainText('Не работает Никто не ответил.', { timeout: 20_000 })
  await expectAccessible(page, 'a webhook that does not work')
  expect(heard).toEqual([])

  await address.fill('https://10.0.0.1/hook')
  await page.getByRole('button', { name: 'Вызвать', exact: true }).click()
  await expect(address).toHaveAccessibleDescription(/Этот адрес нельзя вызывать/)
  await page.getByRole('button', { name: /настройки/ }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  const field = page.getByLabel('Call an address to try it')
  await expect(field).toHaveAccessibleDescription(/This address may not be called/)
  await field.fill(url)
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await expect(page.getByText('It works The receiver answered 204.')).toBeVisible()
  await page.getByRole('button', { name: /settings/ }).click()
  await page.getByRole('menuitem', { name: 'Русский' }).click()
  await expect(address).toBeVisible()
})
