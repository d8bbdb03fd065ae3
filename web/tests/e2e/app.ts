import { readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type APIResponse, type Page } from '@playwright/test'

type Login = { role: string; name: string; email: string; password: string }

const told = process.env['DEMO_LOGINS']
const logins: Login[] = told ? (JSON.parse(readFileSync(told, 'utf8')) as Login[]) : []

/** The `n`th login of a role of the demonstration. */
export function loginOf(role: string, n = 0): Login {
  const found = logins.filter((login) => login.role === role)[n]
  if (!found) throw new Error(`DEMO_LOGINS (${told ?? 'not set'}) has no login ${n} of ${role}`)
  return found
}

/** Kills the processes that answer requests; the supervisor of the demonstration starts others. */
export function killServer(): void {
  const { parts } = JSON.parse(readFileSync(process.env['DEMO_STATE'] ?? '', 'utf8')) as {
    parts: { web: { pid: number } }
  }
  process.kill(parts.web.pid, 'SIGKILL')
}

/** Signs in by the form, in Russian, and waits for the first page. */
export async function signIn(page: Page, login: Login): Promise<void> {
  await page.goto('/sign-in')
  await page.getByText('Русский').click()
  await page.getByLabel('Эл. почта').fill(login.email)
  await page.getByLabel('Пароль', { exact: true }).fill(login.password)
  await page.getByRole('button', { name: 'Войти' }).click()
  await expect(page.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()
}

export const json = async <T>(response: APIResponse): Promise<T> => {
  expect(response.ok(), `${response.url()} answered ${response.status()}`).toBe(true)
  return (await response.json()) as T
}

/** What the browser complained about; a policy violation is a complaint too. */
export function complaints(page: Page): string[] {
  const heard: string[] = []
  page.on('pageerror', (error) => heard.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text())
  })
  return heard
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What breaks WCAG 2.2 AA (or only these rules of it) on the page as it is now, in words. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  // within the page itself, and told of what is wrong alone: the rest takes most of the time
  const axe = new AxeBuilder({ page })
    .setLegacyMode(page.frames().length === 1)
    .options({ resultTypes: ['violations'] })
  const found = await (rules ? axe.withRules(rules) : axe.withTags(WCAG)).analyze()
  return found.violations.map((violation) => {
    const [first] = violation.nodes
    const where = `${first?.html.slice(0, 160)} | ${first?.failureSummary?.slice(0, 220)}`
    return `${violation.id}: ${violation.nodes.length} × ${where}`
  })
}

/** Nothing on the page as it is now breaks WCAG 2.2 AA in either scheme. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const html = page.locator('html')
  const before = await html.getAttribute('data-mantine-color-scheme')
  expect(await violations(page), what).toEqual([])
  // the other scheme differs in colours only
  const colorScheme = before === 'dark' ? 'light' : 'dark'
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await expect(html).toHaveAttribute('data-mantine-color-scheme', colorScheme)
  expect(await violations(page, ['color-contrast']), `${what}, ${colorScheme}`).toEqual([])
}

/** Waits until nothing on the page is on its way. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('main h1')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
}

/** Every page's code is fetched while nothing else is to be done. */
export const warm = (page: Page) =>
  expect(page.locator('html')).toHaveAttribute('data-warm', 'true')

type Found = { items: { title?: string; name?: string }[] }

/** How often something of this name is there. */
export async function count(page: Page, list: string, name: string): Promise<number> {
  const { items } = await json<Found>(
    await page.request.get(`/api/v1/${list}?q=${encodeURIComponent(name)}`),
  )
  return items.filter((item) => (item.title ?? item.name) === name).length
}

/** A refusal of the network is told by the browser itself; nothing else may be. */
export const ofOurs = (heard: string[]) =>
  heard.filter((said) => !/Failed to load resource|WebSocket/.test(said))

export const test = base
export { expect }
