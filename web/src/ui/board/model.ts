/** Pure board logic: what is where. No DOM, no React. */
export type BoardItem = { id: string }
export type Columns<T extends BoardItem> = ReadonlyMap<string, readonly T[]>
export type Place = { column: string; index: number }

/**
 * The columns with `item` taken out of `from` and put on top of `to`; the others keep their
 * identity, so that only two are drawn again. Within a column the server's order holds.
 */
export function placeItem<T extends BoardItem>(
  columns: Columns<T>,
  item: T,
  from: string,
  to: string,
): Columns<T> {
  if (from === to) return columns
  const next = new Map(columns)
  next.set(
    from,
    (next.get(from) ?? []).filter((other) => other.id !== item.id),
  )
  return next.set(to, [item, ...(next.get(to) ?? []).filter((other) => other.id !== item.id)])
}

/** Whether a column has a card of this id. */
export const isIn = (columns: Columns<BoardItem>, column: string, id: string): boolean =>
  columns.get(column)?.some((item) => item.id === id) ?? false

const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'] as const
export type Arrow = (typeof ARROWS)[number]
export const isArrow = (key: string): key is Arrow => (ARROWS as readonly string[]).includes(key)

/** The column beside `column`, or the same at the edge of the board. */
export function neighbour(columns: Columns<BoardItem>, column: string, key: Arrow): string {
  const ids = [...columns.keys()]
  const at = ids.indexOf(column)
  const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0
  return ids[at + step] ?? column
}

/** Where an arrow leads from a card; columns without cards are stepped over. */
export function step(columns: Columns<BoardItem>, at: Place, key: Arrow): Place {
  const count = (column: string) => columns.get(column)?.length ?? 0
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    let column = at.column
    for (;;) {
      const next = neighbour(columns, column, key)
      if (next === column) return at
      column = next
      if (count(column) > 0) return { column, index: Math.min(at.index, count(column) - 1) }
    }
  }
  const last = count(at.column) - 1
  const index = { ArrowUp: at.index - 1, ArrowDown: at.index + 1, Home: 0, End: last }[key]
  return { column: at.column, index: Math.max(0, Math.min(index, last)) }
}
