/** One refused field of a request: which, why by code, and why in words. */
export type FieldError = { field: string; code: string; message: string }

/** RFC 9457 problem document, the only error body the API sends. */
export type Problem = {
  title: string
  status: number
  code: string
  detail?: string | null
  errors?: FieldError[] | null
  data?: unknown
}

/** A refused or failed call. `status` 0: the server was not reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[]
  readonly data: unknown

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = problem.detail ?? undefined
    this.errors = problem.errors ?? []
    this.data = problem.data
  }
}

/** Told to the window when a call was refused because nobody is signed in. */
export const SIGNED_OUT = 'gausdo:signed-out'

const UNREACHABLE: Problem = { title: 'The server was not reached', status: 0, code: 'unreachable' }

function problemOf(response: Response, text: string): Problem {
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

/** Every generated call goes through here; anything but success is an `ApiError`. */
export async function http<T>(url: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers)
  headers.set('accept', 'application/json')
  let response: Response
  let text: string
  try {
    response = await fetch(url, { ...init, headers, credentials: 'same-origin' })
    text = await response.text()
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(UNREACHABLE)
  }
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T
  const problem = problemOf(response, text)
  if (response.status === 401) window.dispatchEvent(new CustomEvent(SIGNED_OUT))
  throw new ApiError(problem)
}

/** The header that makes a repeated creation harmless: same key and body, first answer. */
export const keyed = (key: string): RequestInit => ({ headers: { 'Idempotency-Key': key } })
