import { createHmac } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, loadavg } from 'node:os'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type APIResponse, type Page, type Response } from '@playwright/test'

type Login = { role: string; name: string; email: string; password: string; totp?: string }

const told = process.env['DEMO_LOGINS']
const logins: Login[] = told ? (JSON.parse(readFileSync(told, 'utf8')) as Login[]) : []

/** The `n`th login of a role of the demonstration. */
export function loginOf(role: string, n = 0): Login {
  const found = logins.filter((login) => login.role === role)[n]
  if (!found) throw new Error(`DEMO_LOGINS (${told ?? 'not set'}) has no login ${n} of ${role}`)
  return found
}

/**
 * Kills the processes that answer requests; the supervisor of the demonstration starts others once
 * `meanwhile` is over, however slow the browser is.
 */
export async function killServer(meanwhile: () => Promise<void>): Promise<void> {
  const { pid, parts } = JSON.parse(readFileSync(process.env['DEMO_STATE'] ?? '', 'utf8')) as {
    pid: number
    parts: { web: { pid: number } }
  }
  process.kill(pid, 'SIGSTOP')
  try {
    process.kill(parts.web.pid, 'SIGKILL')
    await meanwhile()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

/** Signs in by the form, in Russian, and waits for the first page. */
export async function signIn(page: Page, login: Login): Promise<void> {
  await page.goto('/sign-in')
  await page.getByText('Русский').click()
  await page.getByLabel('Эл. почта').fill(login.email)
  await page.getByLabel('Пароль', { exact: true }).fill(login.password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  if (login.totp) await page.getByLabel('Код из приложения').fill(await codeOf(login.totp))
  await expect(page.getByRole('navigation', { name: 'Главное меню' })).toBeAttached()
}

/** Sessions that were begun; one login may sign in only so often in an hour. */
const begun = new Map<string, { at: number; cookies: Awaited<ReturnType<typeof cookiesOf>> }>()
const USED_AGAIN = 180_000
const cookiesOf = (page: Page) => page.context().cookies()

/** As `signIn`, for whom the form is no matter: leaves an empty page of ours. */
export async function comeIn(page: Page, login: Login): Promise<void> {
  await page.goto('/favicon.svg')
  const { email, password, totp } = login
  const before = begun.get(email)
  if (before && Date.now() - before.at < USED_AGAIN) {
    await page.context().addCookies(before.cookies)
    if ((await page.request.get('/api/v1/me')).ok()) return follow(page, email)
    await page.context().clearCookies()
  }
  const headers = { origin: new URL(page.url()).origin, 'sec-fetch-site': 'same-origin' }
  const send = async (to: string, data: object) =>
    (await page.request.post(`/api/v1/${to}`, { headers, data })).ok()
  // of whom more is needed, the first answer is a refusal that says so
  expect(await send('session', { email, password })).toBe(!totp)
  if (totp) expect(await send('session/proof', { code: await codeOf(totp) })).toBe(true)
  begun.set(email, { at: Date.now(), cookies: await cookiesOf(page) })
  follow(page, email)
}

/** As rights change a session gets another cookie, and the one before is soon refused. */
function follow(page: Page, email: string): void {
  const note = async (response: Response) => {
    const session = begun.get(email)
    if (session && (await response.headerValue('set-cookie'))) {
      session.cookies = await cookiesOf(page)
    }
  }
  // a page that is closed meanwhile has nothing to say any more
  page.context().on('response', (response) => void note(response).catch(() => undefined))
}

const STEP = 30_000
/** Where the last step of each secret is kept: a test that failed ends the process. */
const steps = `${told ?? '/nowhere'}.steps`
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A code of an authenticator (RFC 6238) that it has not shown before: each counts once. */
export async function codeOf(secret: string): Promise<string> {
  // one that is about to pass would be over before it is looked at
  if (Date.now() % STEP > STEP - 2000) await pause(2000)
  const shown = existsSync(steps)
    ? (JSON.parse(readFileSync(steps, 'utf8')) as Record<string, number>)
    : {}
  const step = Math.max((shown[secret] ?? 0) + 1, Math.floor(Date.now() / STEP) - 1)
  writeFileSync(steps, JSON.stringify({ ...shown, [secret]: step }))
  while (step > Math.floor(Date.now() / STEP) + 1) await pause(500)
  const bits = Array.from(secret, (one) => BASE32.indexOf(one).toString(2).padStart(5, '0')).join(
    '',
  )
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

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

const builder = createRequire(import.meta.url).resolve('@axe-core/playwright')
const AXE = readFileSync(createRequire(builder).resolve('axe-core/axe.min.js'), 'utf8')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What breaks WCAG 2.2 AA (or only these rules of it) on the page as it is now, in words. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  // within the page itself, and told of what is wrong alone: the rest takes most of the time
  const alone = page.frames().length === 1
  // a document has it until it is left; it would come twice for every question
  if (alone && !(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
  const axe = new AxeBuilder({ page, ...(alone && { axeSource: 'axe.version' }) })
    .setLegacyMode(alone)
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
  await page.emulateMedia({ colorScheme })
  await expect(html).toHaveAttribute('data-mantine-color-scheme', colorScheme)
  expect(await violations(page, ['color-contrast']), `${what}, ${colorScheme}`).toEqual([])
}

/** Waits until nothing on the page is on its way. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('main h1')).toBeVisible()
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
}

/**
 * So much time as `ms` is of a machine with nothing else to do: where more wants to run than there
 * are processors, each gets its share of them alone.
 */
export function within(ms: number): number {
  const [load = 0] = loadavg()
  return ms * Math.max(1, load / availableParallelism())
}

/** Goes to an address as a link does, without loading everything again. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.evaluate((to) => history.pushState({}, '', to), url)
  await expect(page).toHaveURL(new RegExp(`${escaped(url)}$`))
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

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

/** With `savesData`, as they begin, no page fetches code before it is needed. */
export const test = base.extend<{ savesData: boolean }>({
  savesData: [true, { option: true }],
  context: async ({ context, savesData }, provide) => {
    if (savesData)
      await context.addInitScript(() => {
        Object.defineProperty(navigator, 'connection', { value: { saveData: true } })
      })
    await provide(context)
  },
})
export { expect }
