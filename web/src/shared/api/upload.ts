import { ApiError, headersOf, problemOf, UNREACHABLE } from './http'
import { session } from './session'

type Sending = {
  /** The share of the file that has gone, from 0 to 1. */
  onProgress: (share: number) => void
  signal: AbortSignal
}

/** Sends a file as `http` would, and tells how far it is: `fetch` does not. */
export async function upload<T>(url: string, file: Blob, how: Sending): Promise<T> {
  try {
    return await send<T>(url, file, how)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'signed-out') throw error
    if (!(await session.again())) throw error
    return await send<T>(url, file, how)
  }
}

function send<T>(url: string, file: Blob, { onProgress, signal }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    for (const [name, value] of headersOf()) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total ? loaded / total : 0),
    )
    request.addEventListener('load', () => {
      const { status, statusText, responseText } = request
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as T)
      else reject(new ApiError(problemOf({ status, statusText }, responseText)))
    })
    request.addEventListener('error', () => reject(new ApiError(UNREACHABLE)))
    request.addEventListener('abort', () =>
      reject(new DOMException('It was taken back.', 'AbortError')),
    )
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
