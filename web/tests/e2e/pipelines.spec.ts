import { comeIn, expect, expectAccessible, json, loginOf, settled, test } from './app.ts'

type Line = { id: string; name: string; version: number; stages: { id: string }[] }

test('a pipeline is made, its stages ask for what they need, and it is archived', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  const name = `Воронка ${Date.now()}`
  const headers = () => ({ origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' })
  const lines = async () => await json<Line[]>(await page.request.get('/api/v1/pipelines'))
  await comeIn(page, loginOf('Administrator'))
  await page.goto('/administration/pipelines/new')
  await settled(page)
  await page.getByRole('textbox', { name: 'Название', exact: true }).fill(name)
  await page.getByRole('button', { name: 'Правила: Переговоры' }).click()
  await page.getByRole('combobox', { name: 'У сделки на входе есть' }).click()
  await page.getByRole('option', { name: 'Сумма' }).click()
  await page.getByRole('option', { name: 'Описание' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Опустить: Новая' }).click()
  await page.getByRole('button', { name: 'Поднять: Новая' }).click()
  await page.getByRole('button', { name: 'Создать воронку' }).click()
  await expect(page.getByText(`Воронка «${name}» создана`)).toBeVisible()
  const line = (await lines()).find((one) => one.name === name)
  if (!line) throw new Error('the pipeline was not made')

  await comeIn(page, loginOf('Manager', 2))
  const deal = await json<{ id: string }>(
    await page.request.post('/api/v1/deals', {
      headers: headers(),
      data: { title: `Пустая ${name}`, pipeline_id: line.id },
    }),
  )
  await page.goto(`/deals/${deal.id}`)
  await settled(page)
  const talks = page.getByRole('button', { name: 'Переговоры' })
  await talks.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Сохранить и перевести' }).click()
  await expect(dialog.getByText('Заполните это поле')).toHaveCount(2)
  await dialog.getByLabel('Сумма').fill('1000')
  await dialog.getByLabel('Описание').fill('Синяя')
  await dialog.getByRole('button', { name: 'Сохранить и перевести' }).click()
  await expect(talks).toHaveAttribute('aria-current', 'step')

  await comeIn(page, loginOf('Administrator'))
  await page.goto('/administration/pipelines')
  await page.getByRole('button', { name: `В архив: ${name}` }).click()
  await expect(page.getByRole('button', { name: `Вернуть: ${name}` })).toBeVisible()
})

test('a field gets another type: what does not fit is told first, and can be taken along', async ({
  page,
}) => {
  await comeIn(page, loginOf('Administrator'))
  const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
  const send = async (path: string, data: object) =>
    json<{ id: string }>(await page.request.post(`/api/v1/${path}`, { headers, data }))
  const name = `Площадь ${Date.now()}`
  const key = `area_${Date.now()}`
  await send('company-fields', { name, key, type: 'text' })
  for (const [company, value] of [
    ['Склад', '1 200,5'],
    ['Офис', 'две комнаты'],
  ])
    await send('companies', { name: `${company} ${key}`, custom: { [key]: value } })
  await page.goto('/administration/fields')
  await page.getByRole('radiogroup', { name: 'Записи' }).getByText('Компании').click()
  await page.getByRole('button', { name: `Сменить тип: ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Новый тип' }).click()
  await page.getByRole('option', { name: 'Число' }).click()
  await expect(dialog).toContainText('Значение останется у 1 записи.')
  await expect(dialog).toContainText('Не подходит значение 1 записи.')
  await expectAccessible(page, 'what another type would lose')
  await dialog.getByRole('button', { name: 'Сменить тип' }).click()
  await expect(dialog).toBeHidden()
  const saved = page.getByRole('button', { name: `Скачать то, что не подошло: ${name}` })
  await expect(saved).toBeVisible({ timeout: 30_000 })
  const [file] = await Promise.all([page.waitForEvent('download'), saved.click()])
  expect(file.suggestedFilename()).toBe(`${key}_2.csv`)
})

test('a field holds files: they are attached, kept by readers and taken off', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  const name = `Договор ${Date.now()}`
  const headers = () => ({ origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' })
  const send = async (to: string, data: object) =>
    await json<{ id: string }>(
      await page.request.post(`/api/v1/${to}`, { headers: headers(), data }),
    )
  await comeIn(page, loginOf('Administrator'))
  await send('company-fields', { name, type: 'file' })
  await comeIn(page, loginOf('Manager', 2))
  const company = await send('companies', { name: `Файлы ${Date.now()}` })
  await page.goto(`/companies/${company.id}`)
  await settled(page)
  const files = page.getByRole('group', { name })
  await files.getByLabel(`Приложить файлы: ${name}`).setInputFiles([
    { name: 'договор.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') },
    { name: 'смета.xlsx', mimeType: 'text/html', buffer: Buffer.from('PK\u0003\u0004') },
  ])
  await expect(files.getByText('XLSX, 1 КБ')).toBeVisible()
  await expectAccessible(page, 'files of a field')
  const arrives = page.waitForEvent('download')
  await files.getByRole('link', { name: 'договор.pdf' }).click()
  expect((await arrives).suggestedFilename()).toBe('договор.pdf')
  await files.getByRole('button', { name: 'Убрать смета.xlsx' }).click()
  await expect(files.getByRole('link')).toHaveText(['договор.pdf'])
  await page.reload()
  await expect(files.getByRole('link')).toHaveText(['договор.pdf'])
})
