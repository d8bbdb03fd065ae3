import { useSyncExternalStore } from 'react'

/**
 * A session that ended, or has to prove itself, while one worked. What was being sent waits until
 * the same person has signed in again or given the proof, then goes on; nothing on the page is lost
 * meanwhile.
 */
type Wait = { promise: Promise<boolean>; end: (again: boolean) => void }

/** What is waited for: that somebody signs in again, or proves who they are. */
type What = 'entry' | 'proof'

const waits = new Map<What, Wait>()
/** Whom the page was drawn for; nobody before the first answer and on the way out. */
let person: string | undefined
const listeners = new Set<() => void>()
let others: BroadcastChannel | undefined

function changed(): void {
  for (const listener of listeners) listener()
}

function end(what: What, done: boolean): void {
  waits.get(what)?.end(done)
  waits.delete(what)
  changed()
}

function waitFor(what: What): Promise<boolean> {
  if (person === undefined) return Promise.resolve(false)
  let wait = waits.get(what)
  if (!wait) {
    let end: Wait['end'] = () => undefined
    const promise = new Promise<boolean>((resolve) => (end = resolve))
    wait = { promise, end }
    waits.set(what, wait)
    changed()
  }
  return wait.promise
}

export const session = {
  /** The page shows what `id` may see. Other tabs with another person's page draw theirs anew. */
  belongsTo(id: string): void {
    if (person !== id) others?.postMessage(id)
    person = id
    end('entry', true)
  },

  /** Somebody signed out on purpose: nothing waits for them any more. */
  over(): void {
    person = undefined
    others?.postMessage('')
    end('entry', false)
    end('proof', false)
  },

  /** A call was refused because nobody is signed in: true once the same person is again. */
  again: (): Promise<boolean> => waitFor('entry'),

  /** A call was refused until the person proves who they are: true once they have. */
  proof: (): Promise<boolean> => waitFor('proof'),

  /** The person has proved it, or would rather not. */
  proved: (done: boolean): void => end('proof', done),
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** True while calls wait for a person who is to sign in again. */
export const useSignedOut = (): boolean => useSyncExternalStore(subscribe, () => waits.has('entry'))

/** True while calls wait for a person who is to prove who they are. */
export const useProofNeeded = (): boolean =>
  useSyncExternalStore(subscribe, () => waits.has('proof'))

/** Hears what the other tabs of this browser say: they share one session. */
export function watchSession(): void {
  others = new BroadcastChannel('gausdo.session')
  others.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (person === undefined) return
    if (data === person) end('entry', true)
    else window.location.reload()
  })
}
