import { useSyncExternalStore } from 'react'
import { useFormat } from '@/shared/i18n/format'

const MINUTE = 60_000
let now = Date.now()

/** One clock for every time on the page: it ticks once a minute while anything listens. */
function subscribe(onTick: () => void): () => void {
  // it stood still while nothing did
  if (Date.now() - now >= MINUTE) now = Date.now()
  const timer = setInterval(() => {
    now = Date.now()
    onTick()
  }, MINUTE)
  return () => clearInterval(timer)
}

/** Milliseconds now, to the minute; a component that uses it is drawn again as time passes. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now)

/** "5 minutes ago"; the exact moment is in the title. */
export function RelativeTime({ at }: { at: string }) {
  const format = useFormat()
  const clock = useNow()
  return (
    <time dateTime={at} title={format.moment(at)}>
      {format.relative(at, clock)}
    </time>
  )
}
