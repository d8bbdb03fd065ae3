import { useRef } from 'react'

type Versioned = { version: number }
type InTurn = <T extends Versioned>(
  began: number,
  send: (version: number) => Promise<T>,
) => Promise<T>

/**
 * Sends the changes of one record one after another. Each goes out with the version the record had
 * when its editing began, carried over this person's own changes since: those are no surprise to
 * them, a colleague's are.
 */
export function useInTurn(): InTurn {
  const own = useRef(new Map<number, number>())
  const last = useRef<Promise<unknown>>(Promise.resolve())
  return (began, send) => {
    const turn = last.current.then(async () => {
      let version = began
      for (let next; (next = own.current.get(version)) !== undefined;) version = next
      const saved = await send(version)
      if (saved.version > version) own.current.set(version, saved.version)
      return saved
    })
    last.current = turn.catch(() => undefined)
    return turn
  }
}
