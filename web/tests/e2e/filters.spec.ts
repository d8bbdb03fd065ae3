import { comeIn, expect, expectAccessible, json, loginOf, settled, test } from './app.ts'

test('a filter is built, said in words, kept in the address, and taken away by keyboard', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await comeIn(page, loginOf('Manager'))
  await page.goto('/companies')
  await settled(page)
  await page.getByRole('button', { name: 'Условие' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Поле' }).fill('Город')
  await page.getByRole('option', { name: 'Город', exact: true }).click()
  await dialog.getByLabel('Значение', { exact: true }).fill('москва')
  await expectAccessible(page, 'the form of a condition')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page).toHaveURL(/filter=/)
  await page.reload()
  await settled(page)
  const chips = page.getByRole('group', { name: 'Условия' })
  await expect(chips).toContainText('Город содержит москва')
  await expectAccessible(page, 'a list with conditions')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1440, height: 900 })
  const cities = page.getByRole('row').locator('[role=gridcell]:nth-child(3)')
  await expect(cities.first()).toHaveText('Москва')
  expect(new Set(await cities.allTextContents())).toEqual(new Set(['Москва']))
  await chips.getByRole('button', { name: /^Убрать: Город/ }).focus()
  await page.keyboard.press('Enter')
  await expect(chips).toBeHidden()
  await expect(page).not.toHaveURL(/filter=/)
})

test('a segment by a condition has its members at once, says why, and narrows a list', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await comeIn(page, loginOf('Manager'))
  await page.goto('/segments')
  const name = `С открытыми сделками ${Date.now()}`
  await page.getByRole('button', { name: 'Новый сегмент' }).click()
  const form = page.getByRole('dialog', { name: 'Новый сегмент' })
  await form.getByLabel('Название').fill(name)
  await form.getByRole('button', { name: 'Сохранить' }).click()
  await expect(form.getByRole('alert')).toContainText('хотя бы одно условие')
  await form.getByRole('button', { name: 'Условие' }).click()
  const dialog = page.getByRole('dialog', { name: 'Добавить условие' })
  await dialog.getByRole('combobox', { name: 'Поле' }).fill('Открытых сделок')
  await page.getByRole('option', { name: 'Открытых сделок', exact: true }).click()
  await dialog.getByLabel('Значение', { exact: true }).fill('1')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expectAccessible(page, 'the form of a segment')
  await form.getByRole('button', { name: 'Сохранить' }).click()
  const row = page.getByRole('listitem').filter({ hasText: name })
  // what deals a company has is counted within a minute of the first start
  await expect(async () => {
    await page.reload()
    await expect(row.getByTitle('Сколько из них вам видно')).toHaveText(/^[1-9]/)
  }).toPass({ timeout: 90_000 })
  await row.getByRole('link', { name }).click()
  await expect(page.getByRole('group', { name: 'Условия' })).toContainText(name)
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: `Почему в сегменте «${name}»?` }).click()
  const why = page.getByRole('dialog', { name: `Сегмент «${name}»` })
  await expect(why).toContainText(/Здесь: [1-9]/)
  await expectAccessible(page, 'why a record is in a segment')
})

test('a view is saved, changed, reset, shared with the team, and opened by its address', async ({
  browser,
}) => {
  const [page, other] = [await browser.newPage(), await browser.newPage()]
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Manager'))
  await comeIn(other, loginOf('Manager', 1))
  const filter = JSON.stringify({ all: [{ field: 'city', op: 'eq', value: 'Москва' }] })
  await page.goto(`/companies?filter=${encodeURIComponent(filter)}`)
  await settled(page)
  const views = page.getByRole('button', { name: /^Вид:/ })
  const dialog = page.getByRole('dialog')
  const name = `Московские ${Date.now()}`
  await views.click()
  await expectAccessible(page, 'the menu of views')
  await page.getByRole('menuitem', { name: 'Сохранить как…' }).click()
  await dialog.getByLabel('Название').fill(name)
  await dialog.getByRole('combobox', { name: 'Кому доступен' }).click()
  await page
    .getByRole('option', { name: /^Команде/ })
    .first()
    .click()
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await expect(page).toHaveURL(/companies\?view=[0-9a-f-]{36}$/)
  const address = page.url()
  await expect(views).toContainText(name)

  // what differs is said, and taken back
  await page.getByRole('button', { name: 'Столбцы' }).click()
  await page.getByRole('checkbox', { name: 'Телефон' }).uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'Телефон' })).toHaveCount(0)
  await expect(page.getByText('изменён')).toBeVisible()
  await page.getByRole('button', { name: 'Вернуть' }).click()
  await expect(page).toHaveURL(address)
  await expect(page.getByRole('columnheader', { name: 'Телефон' })).toBeVisible()

  // a colleague of the team opens it by its address, and cannot change it
  await other.goto(address)
  await settled(other)
  await expect(other.getByRole('group', { name: 'Условия' })).toContainText('Москва')
  await other.getByRole('button', { name: /^Вид:/ }).click()
  await expect(other.getByRole('menuitem', { name: 'Сохранить как…' })).toBeVisible()
  await expect(other.getByRole('menuitem', { name: 'Удалить вид…' })).toHaveCount(0)

  await views.click()
  await page.getByRole('menuitem', { name: 'Удалить вид…' }).click()
  await dialog.getByRole('button', { name: 'Удалить' }).click()
  await expect(page).toHaveURL(/companies$/)
  await other.goto(address)
  await expect(other.getByText('Этого вида больше нет')).toBeVisible()
})

test('many records are changed together by keyboard, told before and after, and given back', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Head of sales'))
  await page.goto('/companies')
  await settled(page)
  const tag = `проба ${Date.now()}`
  await page.getByRole('grid').focus()
  for (const key of ['ArrowDown', 'Space', 'ArrowDown', 'ArrowDown', 'Shift+Space']) {
    await page.keyboard.press(key)
  }
  const chosen = page.getByRole('group', { name: 'Выбранные записи' })
  await expect(chosen).toContainText('Выбраны 3 записи')
  await expectAccessible(page, 'a list with chosen rows')
  await chosen.getByRole('button', { name: 'Изменить…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Что изменить' }).fill('Добавить')
  await page.getByRole('option', { name: 'Добавить теги' }).click()
  await dialog.getByRole('combobox', { name: 'Значения' }).fill(tag)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape') // what is offered
  await expect(dialog.getByRole('status')).toContainText('Изменится: 3 из 3')
  await expectAccessible(page, 'the form of a mass edit')
  await dialog.getByRole('button', { name: 'Изменить 3 записи' }).click()
  const strip = page.getByRole('group', { name: 'Массовое изменение' })
  await expect(strip).toContainText('Изменены 3 записи')
  const read = async () => {
    const filter = JSON.stringify({ field: 'tags', op: 'contains', value: tag })
    const reply = await page.request.get(`/api/v1/companies?filter=${encodeURIComponent(filter)}`)
    return (await json<{ items: unknown[] }>(reply)).items.length
  }
  expect(await read()).toBe(3)
  await page.reload()
  await strip.getByRole('button', { name: 'Отменить' }).click()
  await expect(strip).toContainText('Возвращены 3 записи')
  expect(await read()).toBe(0)
})

test('a consent is recorded with its proof, and a list finds who has given it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await comeIn(page, loginOf('Manager'))
  const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
  const data = { name: `Согласен ${Date.now()}` }
  const { id } = await json<{ id: string }>(
    await page.request.post('/api/v1/people', { headers, data }),
  )
  await page.goto(`/people/${id}`)
  await page.getByRole('button', { name: 'Записать…' }).click()
  const form = page.getByRole('dialog', { name: 'Что сказал человек' })
  await form.getByRole('button', { name: 'Записать' }).click()
  await expect(form).toContainText('Выберите хотя бы один канал')
  await form.getByRole('checkbox', { name: 'СМС' }).check()
  await form.getByLabel('Подтверждение словами').fill('Галочка в анкете')
  const file = { name: 'анкета.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') }
  await form.getByLabel('Файл подтверждения').setInputFiles(file)
  await expect(form.getByText('анкета.pdf')).toBeVisible()
  await expectAccessible(page, 'the form of a consent')
  await form.getByRole('button', { name: 'Записать' }).click()
  await expect(form).toBeHidden()
  await page.getByRole('button', { name: 'Все записи' }).click()
  const entries = page.getByRole('dialog', { name: 'На что человек соглашался и что отозвал' })
  await expect(entries).toContainText('Галочка в анкете')
  const coming = page.waitForEvent('download')
  await entries.getByRole('link', { name: 'анкета.pdf' }).click()
  expect((await coming).suggestedFilename()).toBe('анкета.pdf')
  await expectAccessible(page, 'what a person has agreed to')
  await page.goto(`/people?q=${encodeURIComponent(data.name)}`)
  await page.getByRole('button', { name: 'Условие' }).click()
  const dialog = page.getByRole('dialog', { name: 'Добавить условие' })
  await dialog.getByRole('combobox', { name: 'Поле' }).fill('Согласия')
  await page.getByRole('option', { name: 'Согласия', exact: true }).click()
  await dialog.getByRole('combobox', { name: 'Значение' }).fill('Реклама · СМС')
  await page.getByRole('option', { name: 'Реклама · СМС' }).click()
  await dialog.getByRole('button', { name: 'Применить' }).click()
  await expect(page.getByRole('group', { name: 'Условия' })).toContainText('Реклама · СМС')
  await expect(page.getByText(data.name)).toBeVisible()
})

test('tasks are listed: ticked off in the row, changed, and many moved at once and back', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await comeIn(page, loginOf('Manager'))
  await page.goto('/tasks')
  const stamp = `перечень ${Date.now()}`
  for (const name of ['Первая', 'Вторая']) {
    const data = { title: `${name} ${stamp}`, due_at: '2020-03-01T09:00:00Z' }
    const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
    expect((await page.request.post('/api/v1/tasks', { data, headers })).ok()).toBe(true)
  }
  await page.getByRole('searchbox').fill(stamp)
  const row = (name: string) => page.getByRole('row').filter({ hasText: `${name} ${stamp}` })
  await expect(page.getByRole('row')).toHaveCount(3)
  await expect(page.getByRole('combobox', { name: 'Состояние' })).toHaveValue('Открыта')
  await row('Первая')
    .getByRole('checkbox', { name: /^Выполнена/ })
    .click()
  await expect(row('Первая')).toContainText('Выполнена')
  await page.getByRole('combobox', { name: 'Состояние' }).click()
  await page.getByRole('option', { name: 'Просрочено' }).click()
  await expect(page.getByRole('row')).toHaveCount(2)

  await row('Вторая').click()
  const dialog = page.getByRole('dialog', { name: 'Задача' })
  await expectAccessible(page, 'a task')
  await dialog.getByLabel('Что сделать').fill(`Третья ${stamp}`)
  await dialog.getByRole('button', { name: 'Сохранить' }).click()
  await expect(row('Третья')).toBeVisible()

  await page.getByRole('grid').focus()
  for (const key of ['ArrowDown', 'Space']) await page.keyboard.press(key)
  await page.getByRole('button', { name: 'Изменить…' }).click()
  const many = page.getByRole('dialog', { name: 'Изменить выбранное' })
  await many.getByRole('combobox', { name: 'Что изменить' }).fill('Состояние')
  await page.getByRole('option', { name: 'Состояние' }).click()
  await many.getByRole('combobox', { name: 'Значение' }).click()
  await page.getByRole('option', { name: 'Выполнена' }).click()
  await many.getByRole('button', { name: 'Изменить 1 запись' }).click()
  const strip = page.getByRole('group', { name: 'Массовое изменение' })
  await expect(strip).toContainText('Изменена 1 запись')
  await expect(page.getByText('Ничего не найдено')).toBeVisible()
  await strip.getByRole('button', { name: 'Отменить' }).click()
  await expect(row('Третья')).toBeVisible()
})
