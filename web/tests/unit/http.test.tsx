import { afterEach, expect, test, vi } from 'vitest'
import { renderHook } from 'vitest-browser-react'
import { connection } from '@/shared/api/connection'
import { ApiError, http, keyed } from '@/shared/api/http'
import { session, useSignedOut } from '@/shared/api/session'

type Answer = () => Response | Promise<Response>

const ok = (body: unknown) => () => Response.json(body)
const lost = () => Promise.reject(new TypeError('Failed to fetch'))
const problem = (status: number, code: string) => () =>
  Response.json({ title: 'Refused', status, code }, { status })

/** What the server does with each change sent to it, in turn; probes find it up. */
function server(...answers: Answer[]) {
  const keys: (string | null)[] = []
  vi.spyOn(window, 'fetch').mockImplementation((input, init) => {
    if (input === '/api/v1/me') return Promise.resolve(Response.json({}))
    keys.push(new Headers(init?.headers).get('Idempotency-Key'))
    return Promise.resolve((answers.shift() ?? ok('unasked'))())
  })
  return keys
}

const change: RequestInit = { method: 'POST', body: '{}' }

afterEach(() => {
  vi.restoreAllMocks()
  session.over()
})

test('a change whose answer was lost is sent again under the same key', async () => {
  const keys = server(lost, problem(503, 'unavailable'), ok('saved'))
  expect(await http('/api/v1/deals', { ...change, ...keyed('k') })).toBe('saved')
  expect(keys).toEqual(['k', 'k', 'k'])
  expect(connection.state()).toBe('up')
})

test('a change without a key of its own is given one for all its tries', async () => {
  const keys = server(lost, ok('saved'))
  await http('/api/v1/deals/1', { ...change, method: 'PATCH' })
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(keys[1]).toBe(keys[0])
})

test('a read that fails says so at once: it is read again by whoever shows it', async () => {
  server(lost)
  await expect(http('/api/v1/deals')).rejects.toMatchObject({ status: 0, code: 'unreachable' })
})

test('a refusal is not sent again', async () => {
  const keys = server(problem(409, 'stale'), ok('saved'))
  await expect(http('/api/v1/deals', change)).rejects.toBeInstanceOf(ApiError)
  expect(keys).toHaveLength(1)
})

test('a change nobody waits for any more is not sent when the server is back', async () => {
  const keys = server(lost, ok('saved'))
  const closed = new AbortController()
  const sent = http('/api/v1/deals', { ...change, ...keyed('k', closed.signal) })
  const ended = expect(sent).rejects.toThrow('aborted')
  await expect.poll(() => keys.length).toBe(1)
  closed.abort()
  await ended
  expect(keys).toHaveLength(1)
})

test('a call refused for an ended session goes on when the person has signed in again', async () => {
  session.belongsTo('anna')
  const keys = server(problem(401, 'signed-out'), ok('saved'))
  const sent = http('/api/v1/deals', { ...change, ...keyed('k') })
  const { result } = await renderHook(() => useSignedOut())
  await expect.poll(() => result.current).toBe(true)
  session.belongsTo('anna')
  expect(await sent).toBe('saved')
  expect(keys).toEqual(['k', 'k'])
})

test('who never was signed in is refused at once, and signing in is never sent twice', async () => {
  server(problem(401, 'signed-out'))
  await expect(http('/api/v1/deals', change)).rejects.toMatchObject({ code: 'signed-out' })
  const keys = server(lost, ok('in'))
  await expect(http('/api/v1/session', change)).rejects.toMatchObject({ status: 0 })
  expect(keys).toHaveLength(1)
})
