const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000

/** Milliseconds to wait before attempt `n` (from 0): doubled each time, capped, spread by `chance`. */
export function backoff(n: number, chance: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** n) * (0.5 + chance / 2)
}
