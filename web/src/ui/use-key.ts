import { useHotkeys } from '@mantine/hooks'

type Options = {
  /** Also while one types in a field: for keys with Ctrl. */
  everywhere?: boolean
}

/**
 * Runs `action` on a key, wherever it stands on the keyboard: with a Russian layout switched on,
 * the key of `n` types `т` and still means the same. Behind an open dialog keys do nothing.
 */
export function useKey(key: string, action: () => void, { everywhere }: Options = {}): void {
  useHotkeys(
    [
      [
        key,
        () => {
          if (everywhere || !document.querySelector('[role=dialog]')) action()
        },
        { usePhysicalKeys: true },
      ],
    ],
    everywhere ? [] : undefined,
  )
}
