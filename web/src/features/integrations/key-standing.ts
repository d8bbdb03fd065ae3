import type { ApiKey } from '@/shared/api/generated/model'

const DAY = 86_400_000
/** Days before its end from when on a key is marked. */
export const SOON = 14

export type Standing = 'live' | 'ending' | 'over'

export function standingOf(key: ApiKey, now: number): Standing {
  const left = Date.parse(key.expires_at) - now
  if (key.revoked_at !== null || left <= 0) return 'over'
  return left < SOON * DAY ? 'ending' : 'live'
}

export const daysLeft = (key: ApiKey, now: number): number =>
  Math.max(0, Math.ceil((Date.parse(key.expires_at) - now) / DAY))
