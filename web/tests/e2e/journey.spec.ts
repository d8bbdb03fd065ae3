import type { Page } from '@playwright/test'
import { comeIn, complaints, expect, json, loginOf, settled, test, within } from './app.ts'

type Stage = { id: string; name: string; kind: string }
type Pipeline = { id: string; name: string; stages: Stage[] }
type Board = {
  columns: { stage_id: string; count: number; sums: { currency: string; sum: string }[] }[]
}
type Rule = { trigger: { stage_id: string }; enabled: boolean }
type Dashboard = { funnel: { stage_id: string; count: number }[] }
type Found = { items: { id: string; name: string; emails: { typed: string }[] }[] }

const board = async (page: Page, id: string) =>
  await json<Board>(await page.request.get(`/api/v1/pipelines/${id}/board?limit=1`))

/** Opens the deals behind the bar of the funnel's `row` by a click on it. */
async function clickFunnel(page: Page, row: number, rows: number): Promise<void> {
  const chart = page.getByRole('img', { name: /^Воронка/ }).locator('canvas')
  const box = await chart.boundingBox()
  if (!box) throw new Error('the funnel is not drawn')
  // bars lie one under another between the upper edge and the numbers of the axis
  const y = 12 + ((box.height - 36) * (row + 0.5)) / rows
  for (let x = box.width * 0.2; x < box.width * 0.9; x += 12) {
    await chart.click({ position: { x, y } })
    if (await page.getByRole('dialog').isVisible()) return
  }
  throw new Error('no bar was hit')
}

test('a deal becomes a letter, a task, a webhook and a number on the dashboard', async ({
  browser,
}) => {
  test.setTimeout(180_000)
  const [first, second] = [await browser.newContext(), await browser.newContext()]
  const [page, colleague] = [await first.newPage(), await second.newPage()]
  await page.setViewportSize({ width: 1600, height: 900 })
  await comeIn(page, loginOf('Manager'))
  await comeIn(colleague, loginOf('Head of sales'))
  const heard = [complaints(page), complaints(colleague)]

  const pipelines = await json<Pipeline[]>(await page.request.get('/api/v1/pipelines'))
  const rules = await json<Rule[]>(await page.request.get('/api/v1/rules'))
  const rule = rules.find((one) => one.enabled)
  const pipeline = pipelines.find((one) =>
    one.stages.some((stage) => stage.id === rule?.trigger.stage_id),
  )
  if (!rule || !pipeline) throw new Error('the demonstration has no rule that is on')
  const target = pipeline.stages.find((stage) => stage.id === rule.trigger.stage_id) as Stage
  const at = pipeline.stages.indexOf(target)
  const start = pipeline.stages[0] as Stage
  const between = pipeline.stages[at - 1] as Stage
  const people = await json<Found>(await page.request.get('/api/v1/people?limit=50'))
  const contact = people.items.find((person) => person.emails.length > 0)
  if (!contact) throw new Error('nobody in the demonstration has an e-mail')
  const before = await board(page, pipeline.id)
  const reached = async () => {
    const url = `/api/v1/reports/dashboard?pipeline_id=${pipeline.id}`
    const told = await json<Dashboard>(await page.request.get(url))
    return told.funnel.find((bar) => bar.stage_id === target.id)?.count ?? 0
  }
  const reachedBefore = await reached()
  const column = (where: Page, stage: Stage) => where.locator(`[data-column="${stage.id}"]`)

  // a deal for a company that is created on the way, with a contact
  const stamp = Date.now().toString(36)
  const title = `Сквозной путь ${stamp}`
  const company = `ООО «Путь ${stamp}»`
  await page.goto(`/board?pipeline=${pipeline.id}`)
  await colleague.goto(`/board?pipeline=${pipeline.id}`)
  await settled(colleague)
  await settled(page)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog')
  await form.getByLabel('Название').fill(title)
  await form.getByLabel('Компания').fill(company)
  await page.getByRole('option', { name: new RegExp(`Создать компанию`) }).click()
  await expect(form.getByLabel('Компания')).toHaveValue(company)
  await form.getByLabel('Контакт').fill(contact.name)
  await page.getByRole('option').filter({ hasText: contact.name }).first().click()
  await form.getByLabel('Сумма').fill('1234567,89')
  await form.getByRole('button', { name: 'Создать сделку' }).click()
  const card = page.getByLabel(`${title}, ${company}`)
  await expect(column(page, start).getByLabel(`${title}, ${company}`)).toBeVisible()

  // the numbers of the stage are exact
  const count = before.columns.find((one) => one.stage_id === start.id)?.count ?? 0
  await expect(column(page, start).locator('[data-count]')).toHaveText(String(count + 1))
  const after = await board(page, pipeline.id)
  const sum = after.columns
    .find((one) => one.stage_id === start.id)
    ?.sums.find((one) => one.currency === 'RUB')?.sum
  const shown = async () => {
    const [roubles = ''] = (await column(page, start).locator('[data-sum]').innerText()).split('₽')
    return Number(roubles.replaceAll(/[^\d,]/g, '').replace(',', '.'))
  }
  await expect.poll(shown).toBe(Number(sum))

  // a colleague's board shows it within a second, and follows the mouse and the keys
  await expect(column(colleague, start).getByLabel(`${title}, ${company}`)).toBeVisible({
    timeout: within(1000),
  })
  await card.dragTo(column(page, between).locator('[data-card]').first())
  await expect(column(page, between).getByLabel(`${title}, ${company}`)).toBeVisible()
  await expect(column(colleague, between).getByLabel(`${title}, ${company}`)).toBeVisible()
  await card.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByText(`Над этапом: ${target.name}`)).toBeAttached()
  await page.keyboard.press('Space')
  await expect(column(page, target).getByLabel(`${title}, ${company}`)).toBeVisible()
  await expect(column(colleague, target).getByLabel(`${title}, ${company}`)).toBeVisible({
    timeout: within(1000),
  })
  const moved = Date.now()

  // the dashboard has it within two seconds
  await expect.poll(reached, { timeout: within(2000), intervals: [100] }).toBe(reachedBefore + 1)
  expect(Date.now() - moved).toBeLessThan(within(2500))

  // its page tells its history
  await card.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title)
  await page.getByRole('heading', { name: /^(История|History)$/ }).scrollIntoViewIfNeeded()
  const history = page.locator('.hs')
  await expect(history).toContainText(`${start.name} → ${between.name}`)
  await expect(history).toContainText(`${between.name} → ${target.name}`)
  await expect(page.getByRole('link', { name: company })).toBeVisible()

  // the rule: a task, a letter, a signed webhook
  await expect(page.locator('[data-task]').first()).toBeVisible({ timeout: 20_000 })
  const task = await page.locator('[data-task] .tk-title').first().innerText()
  await page.goto('/')
  await expect(page.locator('[data-task]').filter({ hasText: title }).getByText(task)).toBeVisible()
  await page.goto('/mailbox')
  await page
    .getByRole('button')
    .filter({ hasText: contact.emails[0]?.typed ?? '' })
    .first()
    .click({ timeout: 20_000 })
  const letter = page.locator('.mb-letter')
  await expect(letter).toBeVisible()
  await letter.getByText('Текст', { exact: true }).or(letter.locator('pre')).first().click()
  await expect(letter.locator('pre')).toContainText(title)
  await page.goto('/mailbox?box=webhooks')
  const call = page.locator('[data-call]').first()
  await expect(call).toContainText('Подпись верна', { timeout: 20_000 })
  await expect(call).toContainText(title)

  // a click on the bar lists the deals behind it
  await page.goto(`/dashboard?pipeline=${pipeline.id}&months=3`)
  await settled(page)
  const rows = pipeline.stages.filter((stage) => stage.kind !== 'lost').length
  await clickFunnel(page, at, rows)
  await expect(page.getByRole('dialog').getByRole('link', { name: title })).toBeVisible()
  expect(heard).toEqual([[], []])
})
