import { expect, type Page } from '@playwright/test'
import { expectAccessible, settled, visit } from './app.ts'

/** What is cut on the page as it is now, and not told whole where it is pointed at. */
const cutTexts = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#content *')]
      .filter((part) => {
        const owns = [...part.childNodes].some((node) => node.nodeType === 3 && node.nodeValue)
        // one pixel wide is what only screen readers are to find
        if (!owns || part.clientWidth < 2 || part.scrollWidth <= part.clientWidth + 1) return false
        if (!['hidden', 'clip'].includes(getComputedStyle(part).overflowX)) return false
        part.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))
        return !part.closest('[title]')
      })
      .map((part) => part.outerHTML.slice(0, 160)),
  )

declare global {
  interface Window {
    jumps: { value: number; what: string[] }[]
  }
}

/** From now on the pages of this window know what was pushed about on them unasked. */
export const watchJumps = (page: Page) =>
  page.addInitScript(() => {
    window.jumps = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
        sources: { node: Node | null }[]
      })[]) {
        if (entry.hadRecentInput) continue
        const what = entry.sources.map(({ node }) =>
          (node instanceof Element ? node.outerHTML : '').slice(0, 120),
        )
        window.jumps.push({ value: entry.value, what })
      }
    }).observe({ type: 'layout-shift' })
  })

/** What was pushed about on the page since it was opened, if that is more than one overlooks. */
async function jumps(page: Page): Promise<string[]> {
  const seen = await page.evaluate(() => window.jumps.splice(0))
  const sum = seen.reduce((all, { value }) => all + value, 0)
  return sum > 0.05 ? [sum.toFixed(3), ...seen.flatMap(({ what }) => what)] : []
}

/** Comes to a page and looks at it, on a screen and then on a phone. */
export async function looked(page: Page, path: string, url = path): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await jumps(page)
  await visit(page, url)
  await settled(page)
  expect(await jumps(page), `${path} jumps`).toEqual([])
  expect(await cutTexts(page), `${path} at 1440 px`).toEqual([])
  await expectAccessible(page, path)
  await page.setViewportSize({ width: 390, height: 844 })
  await settled(page)
  // what measures itself needs a moment after the window's size has changed
  const width = () => page.evaluate(() => document.documentElement.scrollWidth)
  await expect.poll(width, `${path} at 390 px`).toBeLessThanOrEqual(390)
  expect(await cutTexts(page), `${path} at 390 px`).toEqual([])
}
