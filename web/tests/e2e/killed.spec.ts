import {
  comeIn,
  complaints,
  count,
  expect,
  json,
  killServer,
  loginOf,
  ofOurs,
  settled,
  test,
  warm,
} from './app.ts'

// what is looked at without a server has to be there before
test.use({ savesData: false })

test('the server is killed while one types: nothing is lost, and what is sent is done once', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Manager'))
  const heard = complaints(page)
  const name = `Перезапуск ${Date.now()}`
  await page.goto('/companies')
  const { origin } = new URL(page.url())
  const company = await json<{ id: string; city: string | null }>(
    await page.request.post('/api/v1/companies', {
      headers: { origin, 'sec-fetch-site': 'same-origin' },
      data: { name },
    }),
  )
  await page.goto(`/companies/${company.id}`)
  await settled(page)
  await warm(page)
  const note = page.getByRole('textbox', { name: 'Новая заметка' })
  const city = page.getByTitle('Изменить: Город')
  const form = page.getByRole('dialog')
  const away = page.locator('[data-sign=lost], [data-sign=away]')
  await note.fill('Начато при сервере')
  await killServer(async () => {
    await note.pressSequentially(', дописано без него')
    await note.press('Control+Enter')
    await city.click()
    await page.getByRole('textbox', { name: 'Город' }).fill('Пермь')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Новая сделка' }).click()
    await form.getByLabel('Название').fill(name)
    await form.getByRole('button', { name: 'Создать сделку' }).click()
    await expect(away).toBeVisible()
    await expect(form.getByLabel('Название')).toHaveValue(name)
  })
  await expect(page.getByText(`Сделка «${name}» создана`)).toBeVisible({ timeout: 60_000 })
  await expect(city).toContainText('Пермь')
  await expect(
    page.locator('[data-entry=note]', { hasText: 'Начато при сервере, дописано без него' }),
  ).toHaveCount(1)
  await expect(note).toHaveValue('')
  await expect(away).toBeHidden()
  expect(await count(page, 'deals', name)).toBe(1)
  await page.reload()
  await settled(page)
  await expect(city).toContainText('Пермь')
  await expect(page.locator('[data-entry=note]')).toHaveCount(1)
  expect(ofOurs(heard)).toEqual([])
})
