import { chromium } from 'playwright'
import { readFileSync, mkdirSync } from 'node:fs'
const logins = JSON.parse(readFileSync(process.env.LOGINS ?? '/tmp/g1/demo-logins.json'))
const base = process.env.BASE ?? 'http://localhost:8000'
const out = process.env.OUT ?? '/tmp/shots2'
mkdirSync(out, { recursive: true })
const who = process.env.WHO ?? 'head'
const login = logins.find((l) => l.email.startsWith(who))
const pages = (process.env.PAGES ?? '').split(',').filter(Boolean)
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
for (const [w, scheme, locale] of (
  process.env.MODES ?? '1440:light:ru,1440:dark:en,390:light:en,390:dark:ru'
)
  .split(',')
  .map((m) => m.split(':'))) {
  const ctx = await b.newContext({
    viewport: { width: +w, height: +w < 500 ? 844 : 900 },
    colorScheme: scheme,
    locale: locale === 'ru' ? 'ru-RU' : 'en-US',
  })
  const page = await ctx.newPage()
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()))
      console.log(w, scheme, m.type(), m.text().slice(0, 300))
  })
  page.on('pageerror', (e) => console.log(w, scheme, 'PAGEERROR', String(e).slice(0, 300)))
  await page.goto(base + '/')
  await page.waitForTimeout(800)
  await page.screenshot({ path: `${out}/${w}-${scheme}-${locale}-signin.png` })
  await page.locator('input[type=email], input[name=email]').first().fill(login.email)
  await page.locator('input[type=password]').first().fill(login.password)
  await page.keyboard.press('Enter')
  await page.waitForTimeout(2500)
  for (const p of pages.length ? pages : ['/']) {
    await page.goto(base + p)
    await page.waitForTimeout(+(process.env.WAIT ?? 2500))
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) console.log('OVERFLOW', w, p, over)
    await page.screenshot({ path: `${out}/${w}-${scheme}-${locale}-${p.replace(/\W+/g, '_')}.png` })
  }
  await ctx.close()
}
await b.close()
