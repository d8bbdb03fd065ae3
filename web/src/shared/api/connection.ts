import { useSyncExternalStore } from 'react'
import { backoff } from './backoff'

/**
 * Whether the server answers: `lost` is not reached at all, `away` is reached and cannot work. One
 * truth for the sign in the shell, for what is read again and for what waits to be sent.
 */
type Connection = 'up' | 'away' | 'lost'

/** Cheap, and answered by nothing but a server that can work: signed in or not. */
const PROBE = '/api/v1/me'
const LONGEST_MS = 5_000
const PATIENCE_MS = 10_000

/** Statuses of a server, or of a proxy before it, that cannot work now. */
const AWAY = new Set([502, 503, 504])
export const isAway = (status: number): boolean => AWAY.has(status)

let state: Connection = 'up'
let probing: Promise<void> | undefined
const listeners = new Set<() => void>()

function become(next: Connection): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener()
}

async function ask(): Promise<Connection> {
  try {
    const { status } = await fetch(PROBE, {
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return isAway(status) ? 'away' : 'up'
  } catch {
    return 'lost'
  }
}

/** Resolves after `ms`, or as soon as the browser says that it is on a network again. */
function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      resolve()
    }
    window.addEventListener('online', done)
  })
}

async function probe(): Promise<void> {
  for (let tries = 0; ; tries++) {
    const found = await ask()
    become(found)
    if (found === 'up') return
    await rest(Math.min(LONGEST_MS, backoff(tries, Math.random())))
  }
}

export const connection = {
  state: (): Connection => state,

  /** A call failed in a way that may be the connection's: resolves once the server answers. */
  doubt(seen: 'away' | 'lost' | undefined): Promise<void> {
    if (seen === 'lost') become('lost')
    probing ??= probe().finally(() => (probing = undefined))
    return probing
  },

  /** Tells every change; the result ends it. */
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

export const useConnection = (): Connection =>
  useSyncExternalStore(connection.subscribe, connection.state)

/** Believes the browser when it says that it has no network. */
export function watchConnection(): void {
  window.addEventListener('offline', () => void connection.doubt('lost'))
}
