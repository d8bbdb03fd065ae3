import { useLocalStorage } from '@mantine/hooks'
import { useCallback, useMemo } from 'react'
import { useMe } from '@/shared/reference'

const NONE: string[] = []

/** The stages whose columns a person has folded, and how one is folded or unfolded. */
export function useFolded(): [ReadonlySet<string>, (id: string) => void] {
  const { id } = useMe().user
  const [kept, keep] = useLocalStorage<string[]>({
    key: `board.folded.${id}`,
    defaultValue: NONE,
    getInitialValueInEffect: false,
  })
  const folded = useMemo(() => new Set(kept), [kept])
  const toggle = useCallback(
    (stage: string) =>
      keep((now) => (now.includes(stage) ? now.filter((one) => one !== stage) : [...now, stage])),
    [keep],
  )
  return [folded, toggle]
}
