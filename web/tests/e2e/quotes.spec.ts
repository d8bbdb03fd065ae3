import { comeIn, expect, json, loginOf, settled, test } from './app.ts'

test('a quote is made, and its customer accepts it without signing in', async ({
  page,
  browser,
}) => {
  await comeIn(page, loginOf('Manager'))
  const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
  const deal = await json<{ id: string; version: number }>(
    await page.request.post('/api/v1/deals', {
      headers,
      data: { title: `Предложение ${Date.now()}` },
    }),
  )
  const line = { name: 'Весло', quantity: '2', price: '100.10', vat_rate: '22' }
  const lines = { version: deal.version, currency: 'RUB', lines: [line] }
  await page.request.put(`/api/v1/deals/${deal.id}/lines`, { headers, data: lines })
  await page.goto(`/deals/${deal.id}`)
  await settled(page)
  await page.getByRole('button', { name: 'Составить предложение' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Вступление').fill('Вот что мы предлагаем')
  await dialog.getByRole('button', { name: 'Составить', exact: true }).click()
  await page.getByRole('button', { name: /^Действия с предложением/ }).click()
  await page.getByRole('menuitem', { name: 'Ссылка для клиента' }).click()
  const link = new URL((await dialog.locator('code').textContent()) ?? '')
  await page.keyboard.press('Escape')
  const guest = await browser.newContext({ locale: 'ru-RU' })
  const offer = await guest.newPage()
  await offer.goto(`${new URL(page.url()).origin}${link.pathname}`)
  await expect(offer.getByText('Вот что мы предлагаем')).toBeVisible()
  await expect(offer.getByText('200,2').first()).toBeVisible()
  await offer.getByLabel('Имя').fill('Нина')
  await offer.getByLabel(/^Принимаю/).check()
  await offer.getByRole('button', { name: 'Принять' }).click()
  await expect(offer.getByText(/^Предложение принято: Нина/)).toBeVisible()
  await guest.close()
  await expect(page.getByText('Принято', { exact: true })).toBeVisible()
})
