import type { Page } from '@playwright/test'
import { complaints, expect, loginOf, settled, test } from './app.ts'

/** What has the focus is drawn as such: by an outline, a ring or a line that is not there without. */
async function expectFocusSeen(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const look = (element: Element) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element)
      return [outlineStyle === 'none' ? '' : outlineWidth, boxShadow, borderColor].join(' ')
    }
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return 'nothing'
    const focused = look(element)
    element.blur()
    const bare = look(element)
    element.focus({ focusVisible: true } as FocusOptions)
    return focused === bare ? element.outerHTML.slice(0, 160) : 'seen'
  })
  expect(seen).toBe('seen')
}

/** Goes on by Tab until what has this name has the focus; each stop on the way shows it. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    const named = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      const label = element?.labels?.[0]?.textContent
      return [
        element?.ariaLabel,
        label,
        element?.title,
        element?.matches('a, button, [data-card]') ? element.textContent : '',
      ].join(' ')
    })
    if (name.test(named)) return await expectFocusSeen(page)
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${name}`)
}

test('a day’s work without a mouse: in, board, deal, note, task, palette, won, out', async ({
  page,
}) => {
  const { keyboard } = page
  const heard = complaints(page)
  const login = loginOf('Manager')
  const title = `Без мыши ${Date.now()}`
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/sign-in')
  await expect(page.getByLabel('Эл. почта')).toBeFocused()
  await keyboard.type(login.email)
  await keyboard.press('Tab')
  await keyboard.type(login.password)
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Мой день' })).toBeVisible()

  // the palette leads to the board, `n` opens the form
  await keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Найти, сделать')).toBeFocused()
  await keyboard.type('доска')
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Доска' })).toBeVisible()
  await settled(page)
  await expect(page.getByRole('dialog')).toBeHidden()
  await keyboard.press('n')
  const form = page.getByRole('dialog')
  await expect(form.getByLabel('Название')).toBeFocused()
  await keyboard.type(title)
  await keyboard.press('Enter')
  await expect(form).toBeHidden()

  // the card goes one stage on, and keeps the focus
  const card = page.locator('[data-card]').filter({ hasText: title })
  await expect(card).toBeVisible()
  const column = () =>
    card.evaluate((element) => element.closest('[data-column]')?.getAttribute('data-column'))
  const before = await column()
  await tabTo(page, new RegExp(title))
  await keyboard.press('Space')
  await keyboard.press('ArrowRight')
  await keyboard.press('Space')
  await expect.poll(column).not.toBe(before)
  await expect(card).toBeFocused()
  await expectFocusSeen(page)

  // its page: a value, a note, a task that is done
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title)
  await settled(page)
  await tabTo(page, /Изменить: Сумма/)
  await keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Сумма' })).toBeFocused()
  await keyboard.type('1500')
  await keyboard.press('Enter')
  await expect(page.getByTitle('Изменить: Сумма')).toContainText('1 500')
  await expect(page.getByTitle('Изменить: Сумма')).toBeFocused()
  await tabTo(page, /Новая задача/)
  await keyboard.type('Перезвонить')
  await keyboard.press('Enter')
  const tasks = page.getByRole('region', { name: 'Задачи' })
  const task = tasks.locator('[data-task]').filter({ hasText: 'Перезвонить' })
  await expect(task).toBeVisible()
  await tabTo(page, /Новая заметка/)
  await keyboard.type('Записано с клавиатуры')
  await keyboard.press('Control+Enter')
  await expect(page.locator('main').getByText('Записано с клавиатуры').last()).toBeVisible()
  await page.reload()
  await settled(page)
  await tabTo(page, /Перезвонить/)
  await keyboard.press('Space')
  await expect(task.getByRole('checkbox')).toBeChecked()

  // a dialog gives the focus back
  await tabTo(page, /Проиграть/)
  const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80))
  await keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Найти, сделать')).toBeFocused()
  await keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80)))
    .toBe(at)

  await tabTo(page, /Выиграть/)
  await keyboard.press('Enter')
  await expect(page.getByRole('main').getByText('Выиграна').first()).toBeVisible()
  await tabTo(page, /настройки/)
  await keyboard.press('Enter')
  await expect(page.getByRole('menuitem').first()).toBeFocused()
  await keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: 'Выйти' })).toBeFocused()
  await keyboard.press('Enter')
  await expect(page.getByLabel('Пароль', { exact: true })).toBeVisible()
  expect(heard.filter((said) => !said.includes('401'))).toEqual([])
})
