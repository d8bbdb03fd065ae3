import type { Page } from '@playwright/test'
import {
  comeIn,
  complaints,
  expect,
  expectAccessible,
  json,
  loginOf,
  ofOurs,
  settled,
  test,
} from './app.ts'

const FIRST = 'лодка, самовар и три берёзы'
const SECOND = 'две сосны и тёплый хлеб'

type Letter = { id: string; to: string; text: string }

const seen = new Set<string>()

/** The link of the next letter to `email`, once it has arrived. */
async function linkIn(page: Page, email: string): Promise<string> {
  let found = ''
  await expect
    .poll(async () => {
      const { items } = await json<{ items: Letter[] }>(
        await page.request.get('/api/v1/demo/letters'),
      )
      for (const { id } of items.filter((one) => one.to.includes(email)).slice(0, 2)) {
        const { text } = await json<Letter>(await page.request.get(`/api/v1/demo/letters/${id}`))
        found = /http\S+\/password#\S+/.exec(text)?.[0] ?? ''
        if (found && !seen.has(found)) return true
      }
      return false
    })
    .toBe(true)
  seen.add(found)
  return found
}

test('somebody is invited, comes, forgets the password, and changes it', async ({
  page,
  browser,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  const heard = complaints(page)
  await comeIn(page, loginOf('Administrator'))
  const email = `nina-${Date.now()}@demo.gausdo.example`
  await page.goto('/administration/people')
  await settled(page)
  await page.getByRole('button', { name: 'Добавить сотрудника' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Имя').fill('Нина Приглашённая')
  await dialog.getByLabel('Эл. почта').fill(email)
  await dialog.getByRole('combobox', { name: 'Роли' }).click()
  await page.getByRole('option', { name: 'Менеджер' }).click()
  await page.keyboard.press('Escape')
  await expectAccessible(page, 'the form of an invitation')
  await dialog.getByRole('button', { name: 'Пригласить', exact: true }).click()
  await expect(dialog).toBeHidden()
  const first = await linkIn(page, email)
  await page.goto(`/administration/people?q=${encodeURIComponent(email)}`)
  await page.getByText('Нина Приглашённая').first().click()
  await dialog.getByRole('button', { name: 'Отправить ещё раз' }).click()
  const link = await linkIn(page, email)
  await expectAccessible(page, 'who is invited')

  const other = await browser.newContext({ locale: 'ru-RU', reducedMotion: 'reduce' })
  const guest = await other.newPage()
  await guest.setViewportSize({ width: 390, height: 844 })
  await guest.goto(first)
  await expect(guest.getByRole('alert')).toContainText('Ссылка уже использована или устарела')
  await guest.goto('about:blank')
  await guest.goto(link)
  await expect(guest.getByText(email)).toBeVisible()
  expect(guest.url()).not.toContain('#')
  await expectAccessible(guest, 'the page of an invitation')
  const width = () => guest.evaluate(() => document.documentElement.scrollWidth)
  expect(await width()).toBeLessThanOrEqual(390)
  const password = guest.getByLabel('Новый пароль', { exact: true })
  const send = guest.getByRole('button', { name: 'Задать пароль и войти' })
  await password.fill('пароль2026')
  await send.click()
  await expect(guest.getByText('Такой пароль подбирают одним из первых')).toBeVisible()
  await password.fill(FIRST)
  await send.click()
  await expect(guest.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()

  // the administrator sees where she is signed in, and ends it
  await page.reload()
  await page.getByText('Нина Приглашённая').first().click()
  await dialog.getByRole('button', { name: 'Завершить все' }).click()
  await expect(dialog.getByText('Нигде')).toBeVisible()
  await expect(guest.getByRole('heading', { name: 'Войдите ещё раз' })).toBeVisible()

  await other.clearCookies()
  await guest.goto('/sign-in')
  await guest.getByRole('link', { name: 'Забыли пароль?' }).click()
  await expectAccessible(guest, 'the page of a forgotten password')
  await guest.getByLabel('Эл. почта').fill(email)
  await guest.getByRole('button', { name: 'Отправить ссылку' }).click()
  await expect(guest.getByText('письмо уже отправлено')).toContainText(email)
  await guest.goto(await linkIn(page, email))
  await password.fill(SECOND)
  await send.click()
  await expect(guest.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()

  await guest.goto('/settings')
  await guest.getByRole('button', { name: 'Сменить…' }).click()
  const change = guest.getByRole('dialog')
  await change.getByLabel('Текущий пароль', { exact: true }).fill(FIRST)
  await change.getByLabel('Новый пароль', { exact: true }).fill(`${FIRST}!`)
  await change.getByRole('button', { name: 'Изменить', exact: true }).click()
  await expect(change.getByRole('alert')).toContainText('Неверн')
  await expectAccessible(guest, 'the change of a password')
  await change.getByLabel('Текущий пароль', { exact: true }).fill(SECOND)
  await change.getByRole('button', { name: 'Изменить', exact: true }).click()
  await expect(change).toBeHidden()
  await other.close()
  expect(ofOurs(heard)).toEqual([])
})

test('half a link is asked for whole', async ({ page }) => {
  await page.goto('/password#half')
  await page.getByText('Русский').click()
  await expect(page.getByRole('alert')).toHaveText('Откройте ссылку из письма ещё раз, целиком.')
})
