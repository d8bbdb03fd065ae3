import { useSyncExternalStore } from 'react'

/**
 * A session that ended while one worked. What was being sent waits until the same person has signed
 * in again, then goes on; nothing on the page is lost meanwhile.
 */
type Wait = { promise: Promise<boolean>; end: (again: boolean) => void }

let wait: Wait | undefined
/** Whom the page was drawn for; nobody before the first answer and on the way out. */
let person: string | undefined
const listeners = new Set<() => void>()
let others: BroadcastChannel | undefined

function changed(): void {
  for (const listener of listeners) listener()
}

function end(again: boolean): void {
  wait?.end(again)
  wait = undefined
  changed()
}

export const session = {
  /** The page shows what `id` may see. Other tabs with another person's page draw theirs anew. */
  belongsTo(id: string): void {
    if (person !== id) others?.postMessage(id)
    person = id
    end(true)
  },

  /** Somebody signed out on purpose: nothing waits for them any more. */
  over(): void {
    person = undefined
    others?.postMessage('')
    end(false)
  },

  /** A call was refused because nobody is signed in: true once the same person is again. */
  again(): Promise<boolean> {
    if (person === undefined) return Promise.resolve(false)
    if (!wait) {
      let end: Wait['end'] = () => undefined
      const promise = new Promise<boolean>((resolve) => (end = resolve))
      wait = { promise, end }
      changed()
    }
    return wait.promise
  },
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** True while calls wait for a person who is to sign in again. */
export const useSignedOut = (): boolean => useSyncExternalStore(subscribe, () => wait !== undefined)

/** Hears what the other tabs of this browser say: they share one session. */
export function watchSession(): void {
  others = new BroadcastChannel('gausdo.session')
  others.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (person === undefined) return
    if (data === person) end(true)
    else window.location.reload()
  })
}
