import { replaceEqualDeep } from '@tanstack/react-query'

type Versioned = { version: number }

/**
 * How what was read takes the place of what is known of a record (`structuralSharing`): not at all
 * when it is older. An answer from before a change may come after the answer to the change, and
 * whoever goes on from it would be refused.
 */
export function newest(known: unknown, read: unknown): unknown {
  const before = known as Versioned | undefined
  return before && before.version > (read as Versioned).version
    ? before
    : replaceEqualDeep(known, read)
}
