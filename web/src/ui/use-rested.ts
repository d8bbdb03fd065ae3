import { useDebouncedCallback } from '@mantine/hooks'

/**
 * Told once the typing rests. Who has followed a link meanwhile is not taken back to the page by
 * what they typed there before.
 */
export function useRested<T>(tell: (told: T) => void, rest: number): (told: T) => void {
  const later = useDebouncedCallback((told: T, from: string) => {
    if (window.location.pathname === from) tell(told)
  }, rest)
  return (told) => later(told, window.location.pathname)
}
