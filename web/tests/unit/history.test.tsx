import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { RecordHistory } from '@/features/history/record-history'
import { dealHistoryQuery } from '@/features/sales/queries'
import type { ApiKey, HistoryEntry, Me } from '@/shared/api/generated/model'
import { apiKeysQuery, meQuery, ruleNameQuery } from '@/shared/reference'
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
    rule_id: null,
    mass_edit_id: null,
    key_id: null,
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

/** What is known already: who looks, and what the rule and the key are called. */
function known(rights: Record<string, string[]> = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(meQuery().queryKey, { rights } as unknown as Me)
  client.setQueryData(ruleNameQuery('r').queryKey, 'Follow up')
  client.setQueryData(apiKeysQuery().queryKey, [{ id: 'k', name: 'Shop' } as ApiKey])
  return client
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('a long history is read on by keyboard to its beginning, from the first entry that came', async () => {
  const asked = server(entries(120))
  const screen = await render(
    <Stage>
      <QueryClientProvider client={known()}>
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
      <QueryClientProvider client={known()}>
        <RecordHistory query={dealHistoryQuery('d')} />
      </QueryClientProvider>
    </Stage>,
  )
  await expect.element(screen.getByText('Olga 1')).toBeVisible()
  expect(screen.getByRole('button').elements()).toHaveLength(0)
})

test('what a rule, a program or an import did is told as such', async () => {
  const [first, second, third, fourth] = entries(4) as [
    HistoryEntry,
    HistoryEntry,
    HistoryEntry,
    HistoryEntry,
  ]
  server([
    { ...first, via: 'rule', rule_id: 'r' },
    { ...second, via: 'key', key_id: 'k' },
    { ...third, via: 'key' },
    { ...fourth, via: 'import' },
  ])
  const screen = await render(
    <Stage>
      <QueryClientProvider
        client={known({ 'automation.rule': ['read'], 'integrations.key': ['read'] })}
      >
        <RecordHistory query={dealHistoryQuery('d')} />
      </QueryClientProvider>
    </Stage>,
  )
  const told = (n: number) => expect.element(screen.getByRole('listitem').nth(n))
  await told(0).toMatchTextContent(/^Olga 4 changed the deal by the rule “Follow up”/)
  await told(1).toMatchTextContent(/^Olga 3 changed the deal with the API key “Shop”/)
  await told(2).toMatchTextContent(/^Olga 2 changed the deal with an API key\d/)
  await told(3).toMatchTextContent(/^Olga 1 changed the deal by an import/)
})
