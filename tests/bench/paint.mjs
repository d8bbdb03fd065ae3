// `node paint.mjs CHROMIUM URL`, from web/: the largest contentful paint of five first visits, in ms.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { chromium } = createRequire(join(process.cwd(), 'package.json'))('playwright')
const [executablePath, url] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const paints = []
for (let visit = 0; visit < 5; visit += 1) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url, { waitUntil: 'networkidle' })
  const paint = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((seen) => resolve(seen.getEntries().at(-1).startTime)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  paints.push(Math.round(paint))
  await context.close()
}
await browser.close()
console.log(JSON.stringify(paints))
