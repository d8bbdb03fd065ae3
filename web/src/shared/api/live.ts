import { backoff } from './backoff'

/**
 * What the server pushes: something changed; the browser then reads it again under its rights.
 * Without an id it may be any record of its kind.
 */
export type LiveMessage = { kind: string; id: string; version: number; name: string }

type LiveHandlers = {
  /** The newest message per record, gathered over a short moment. */
  onChanges: (messages: LiveMessage[]) => void
  /** After a lost connection: messages may have been missed, so what is shown is read again. */
  onReturn: () => void
  onState: (connected: boolean) => void
}

/** Whether a record is there that was not before: added, or brought back. */
export const isBorn = ({ version, name }: LiveMessage): boolean =>
  version <= 1 || name.endsWith('-restored.v1')

const GATHER_MS = 120

/** The newest message of each record, in order of arrival. */
export function newest(messages: readonly LiveMessage[]): LiveMessage[] {
  const byRecord = new Map<string, LiveMessage>()
  for (const message of messages) {
    const key = `${message.kind}/${message.id}`
    const known = byRecord.get(key)
    if (known && known.version > message.version) continue
    byRecord.delete(key)
    byRecord.set(key, message)
  }
  return [...byRecord.values()]
}

/** What the server says when more has changed than it kept for this tab. */
const EVERYTHING = 'all'
/** What it says when there is nothing new. */
const SILENCE = 'ping'

function parse(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined
  const message = JSON.parse(data) as Partial<LiveMessage>
  const { kind, id, version = 0, name = '' } = message
  return kind && kind !== SILENCE ? { kind, id: id ?? '', version, name } : undefined
}

/** Keeps one WebSocket open to `path`, returning after every loss; the result closes it for good. */
export function connectLive(path: string, handlers: LiveHandlers): () => void {
  let socket: WebSocket | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let gather: ReturnType<typeof setTimeout> | undefined
  let waiting: LiveMessage[] = []
  let losses = 0
  let opened = false
  let closed = false

  function flush() {
    gather = undefined
    const batch = newest(waiting)
    waiting = []
    handlers.onChanges(batch)
  }

  function open() {
    const url = new URL(path, window.location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(url)
    socket.addEventListener('open', () => {
      losses = 0
      handlers.onState(true)
      if (opened) handlers.onReturn()
      opened = true
    })
    socket.addEventListener('message', (event) => {
      const message = parse(event.data)
      if (!message) return
      if (message.kind === EVERYTHING) return handlers.onReturn()
      waiting.push(message)
      gather ??= setTimeout(flush, GATHER_MS)
    })
    socket.addEventListener('close', () => {
      if (closed) return
      handlers.onState(false)
      retry = setTimeout(open, backoff(losses++, Math.random()))
    })
  }

  open()
  return () => {
    closed = true
    clearTimeout(retry)
    clearTimeout(gather)
    socket?.close()
  }
}
