import { useRef } from 'react'
import type { Rows } from '@/shared/lib/long-list'

/** Which rows are chosen; `all`: whatever the list finds, those that are not read yet included. */
export type GridSelection = {
  all: boolean
  count: number
  has: (id: string) => boolean
  /** These are chosen, or not any more when they all were. */
  onToggle: (ids: readonly string[]) => void
  onAll: () => void
  onClear: () => void
}

export const isPicked = (selection: GridSelection, id: string | undefined): boolean =>
  id !== undefined && (selection.all || selection.has(id))

/** Chooses a row; `through`: with all that are known from the one before on. */
export function usePick<T>(
  rows: Rows<T>,
  rowId: (row: T) => string,
  selection: GridSelection | undefined,
): (index: number, through: boolean) => void {
  const before = useRef(-1)
  return (index, through) => {
    const from = through && before.current >= 0 ? before.current : index
    before.current = index
    const [low, high] = from < index ? [from, index] : [index, from]
    const found = Array.from({ length: high - low + 1 }, (_, at) => rows.at(low + at))
    selection?.onToggle(found.flatMap((row) => (row === undefined ? [] : rowId(row))))
  }
}
