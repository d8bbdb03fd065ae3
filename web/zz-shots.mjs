import { chromium } from 'playwright'
import { readFileSync } from 'node:fs'
const base = 'http://localhost:8391'
const logins = JSON.parse(readFileSync('/tmp/docs-data/demo-logins.json', 'utf8'))
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] })
async function shot(locale, who, path, file, colorScheme = 'light') {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, deviceScaleFactor: 1.5, locale, colorScheme, timezoneId: 'Europe/Moscow' })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && console.log(file, m.text()))
  await page.goto(base + '/sign-in')
  const login = logins.find((l) => l.email.startsWith(who))
  const lang = page.getByText(locale === 'ru' ? 'Русский' : 'English')
  if (await lang.count()) await lang.first().click()
  await page.locator('input[type=email], input[autocomplete=username]').first().fill(login.email)
  await page.locator('input[type=password]').first().fill(login.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((u) => !u.pathname.includes('sign-in'), { timeout: 20000 })
  await page.request.patch(base + '/api/v1/me', { data: { locale }, headers: { origin: base } }).catch(() => {})
  await page.goto(base + path)
  await page.waitForLoadState('networkidle').catch(() => {})
  await page.waitForTimeout(2500)
  await page.screenshot({ path: file })
  await context.close()
}
const out = process.argv[2]
await shot('en', 'emma', '/board', `${out}/board-light-en.png`)
await shot('ru', 'head', '/board', `${out}/board-light-ru.png`)
await shot('en', 'head', '/dashboard', `${out}/dashboard.png`)
await browser.close()
