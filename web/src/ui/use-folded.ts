import { useLocalStorage } from '@mantine/hooks'
import { useCallback, useMemo } from 'react'
import { useMe } from '@/shared/reference'

const NONE: string[] = []

/** What a person has folded of something, and how one is folded or unfolded. */
export function useFolded(of: string): [ReadonlySet<string>, (id: string) => void] {
  const { id } = useMe().user
  const [kept, keep] = useLocalStorage<string[]>({
    key: `${of}.folded.${id}`,
    defaultValue: NONE,
    getInitialValueInEffect: false,
  })
  const folded = useMemo(() => new Set(kept), [kept])
  const toggle = useCallback(
    (one: string) =>
      keep((now) => (now.includes(one) ? now.filter((other) => other !== one) : [...now, one])),
    [keep],
  )
  return [folded, toggle]
}
