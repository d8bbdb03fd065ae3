import { backoff } from './backoff'
import { connection, isAway } from './connection'
import { session } from './session'

/** One refused field of a request: which, why by code, and why in words. */
export type FieldError = { field: string; code: string; message: string }

/** RFC 9457 problem document, the only error body the API sends. */
type Problem = {
  title: string
  status: number
  code: string
  detail?: string | null
  errors?: FieldError[] | null
  data?: unknown
  trace_id?: string | null
}

/** A refused or failed call. `status` 0: the server was not reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[]
  readonly data: unknown
  /** Finds everything the server wrote down about this call. */
  readonly traceId: string | undefined

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = problem.detail ?? undefined
    this.errors = problem.errors ?? []
    this.data = problem.data
    this.traceId = problem.trace_id ?? undefined
  }
}

export const UNREACHABLE: Problem = {
  title: 'The server was not reached',
  status: 0,
  code: 'unreachable',
}

/** Milliseconds after which a silent server counts as not reached. */
const PATIENCE_MS = 30_000
/** The same of a file, which takes as long as the line is slow. */
const FILE_MS = 600_000

/** How often a change is sent that the server, though it answers, does not take. */
const TRIES = 4

/** A proof of who one is is asked for; the call is made again once it was given. */
const TO_PROVE = new Set(['authentication.step-up-needed', 'authentication.factor-needed'])

/** Signing in and out is for the moment it is asked for: it is not sent later. */
const SESSION = '/api/v1/session'

const SAFE = new Set(['GET', 'HEAD'])

type Answer = Pick<Response, 'status' | 'statusText'>

export function problemOf(response: Answer, text: string): Problem {
  try {
    const body = JSON.parse(text) as Partial<Problem>
    if (typeof body.code === 'string' && typeof body.title === 'string') {
      return { ...body, title: body.title, code: body.code, status: response.status }
    }
  } catch {
    // a proxy's own error page: not a problem document
  }
  return { title: response.statusText, status: response.status, code: `http_${response.status}` }
}

const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

/** A new trace for one call, after W3C Trace Context: what follows from a click is found by it. */
export function newTrace(): { id: string; traceparent: string } {
  const id = hex(16)
  return { id, traceparent: `00-${id}-${hex(8)}-01` }
}

async function send<T>(url: string, init: RequestInit & { headers: Headers }): Promise<T> {
  const trace = newTrace()
  init.headers.set('traceparent', trace.traceparent)
  const patience = AbortSignal.timeout(init.body instanceof Blob ? FILE_MS : PATIENCE_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience
  let response: Response
  let text: string
  try {
    response = await fetch(url, { ...init, signal, credentials: 'same-origin' })
    text = await response.text()
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(UNREACHABLE)
  }
  if (!response.ok) throw new ApiError({ trace_id: trace.id, ...problemOf(response, text) })
  return (text ? JSON.parse(text) : undefined) as T
}

/**
 * Every generated call goes through here; anything but success is an `ApiError`.
 *
 * A change that did not arrive, or whose answer did not, waits for the server and is sent again
 * under the same key, so it happens once; aborting its signal ends that. A call that was refused
 * because the session has ended, or has to prove itself, is made again once the person has done so.
 */
export async function http<T>(url: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers)
  headers.set('accept', 'application/json')
  const entering = url.startsWith(SESSION)
  const changing = !SAFE.has(init.method ?? 'GET') && !entering
  if (changing && !headers.has(KEY)) headers.set(KEY, crypto.randomUUID())
  for (let tries = 1; ; tries++) {
    try {
      return await send<T>(url, { ...init, headers })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 0 || isAway(error.status)) {
        const back = connection.doubt(error.status === 0 ? 'lost' : 'away')
        if (!changing || tries >= TRIES) throw error
        await orAborted(back, init.signal)
        await orAborted(pause(backoff(tries, Math.random())), init.signal)
      } else if (error.code === 'signed-out' && !entering) {
        if (!(await orAborted(session.again(), init.signal))) throw error
      } else if (TO_PROVE.has(error.code) && !entering) {
        if (!(await orAborted(session.proof(), init.signal))) throw error
      } else throw error
    }
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What `waited` gives, or a rejection as soon as `signal` is aborted. */
function orAborted<T>(waited: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return waited
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    waited.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

const KEY = 'Idempotency-Key'

/**
 * The header that makes a repeated change harmless: same key and body, first answer. Whoever stops
 * caring for the answer aborts `signal`.
 */
export const keyed = (key: string, signal?: AbortSignal): RequestInit => ({
  headers: { [KEY]: key },
  ...(signal && { signal }),
})

/** What every change is sent with, whoever sends it. */
export const headersOf = (): [string, string][] => [
  ['accept', 'application/json'],
  ['traceparent', newTrace().traceparent],
  [KEY, crypto.randomUUID()],
]
