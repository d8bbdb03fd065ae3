import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { RecordHistory } from '@/features/history/record-history'
import { dealHistoryQuery } from '@/features/sales/queries'
import type { HistoryEntry } from '@/shared/api/generated/model'
import { Stage } from './stage'

/** A history of so many entries, the newest first. */
const entries = (count: number): HistoryEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `e${count - n}`,
    name: 'sales.deal-changed.v1',
    at: '2026-01-01T00:00:00Z',
    version: count - n,
    actor_id: null,
    actor_name: `Olga ${count - n}`,
    via: 'screen',
    address: null,
    changes: {},
    next: n === count - 1 ? null : String(count - n),
  }))

/** A server that has this history; what it was asked for. */
function server(history: HistoryEntry[]) {
  const asked: string[] = []
  vi.spyOn(window, 'fetch').mockImplementation((input) => {
    const url = new URL(input as string, location.href)
    if (!url.pathname.endsWith('/history')) return Promise.resolve(Response.json([]))
    asked.push(url.search)
    const from = history.findIndex((entry) => entry.next === url.searchParams.get('after')) + 1
    const limit = Number(url.searchParams.get('limit'))
    const first = url.searchParams.has('after') ? from : 0
    return Promise.resolve(Response.json(history.slice(first, first + limit)))
  })
  return asked
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('a long history is read on by keyboard to its beginning, from the first entry that came', async () => {
  const asked = server(entries(120))
  const screen = await render(
    <Stage>
      <QueryClientProvider client={new QueryClient()}>
        <RecordHistory query={dealHistoryQuery('d')} />
      </QueryClientProvider>
    </Stage>,
  )
  const items = () => screen.container.querySelectorAll('.hs > li')
  await expect.poll(() => items().length).toBe(50)
  screen.getByRole('button', { name: 'Show earlier' }).element().focus()
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => items().length).toBe(120)
  await expect.poll(() => document.activeElement).toBe(items()[50])
  expect(document.activeElement?.textContent).toContain('Olga 70')
  expect(screen.getByRole('button').elements()).toHaveLength(0)
  expect(asked).toEqual(['?limit=50', '?limit=200&after=71'])
})

test('what has a short history offers no earlier one', async () => {
  server(entries(2))
  const screen = await render(
    <Stage>
      <QueryClientProvider client={new QueryClient()}>
        <RecordHistory query={dealHistoryQuery('d')} />
      </QueryClientProvider>
    </Stage>,
  )
  await expect.element(screen.getByText('Olga 1')).toBeVisible()
  expect(screen.getByRole('button').elements()).toHaveLength(0)
})
