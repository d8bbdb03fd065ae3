import type { Board, Deal } from '@/shared/api/generated/model'

/** Pure changes of a board as the API gives it; shared by what one does and what others do. */

const without = (deals: readonly Deal[], ids: ReadonlySet<string>) =>
  deals.some((deal) => ids.has(deal.id)) ? deals.filter((deal) => !ids.has(deal.id)) : deals

/** The board with `deal` on top of the stage it is in now; counts move along, sums are the server's. */
export function placeDeal(board: Board, deal: Deal): Board {
  return {
    ...board,
    columns: board.columns.map((column) => {
      const was = column.deals.some((other) => other.id === deal.id)
      const is = column.stage_id === deal.stage_id
      if (!was && !is) return column
      if (was && is) {
        return {
          ...column,
          deals: column.deals.map((other) => (other.id === deal.id ? deal : other)),
        }
      }
      const rest = column.deals.filter((other) => other.id !== deal.id)
      return is
        ? { ...column, deals: [deal, ...rest], count: column.count + 1 }
        : { ...column, deals: rest, count: column.count - 1 }
    }),
  }
}

/** What others changed: `deals` as they are now; of `ids`, those missing in it are no longer ours to see. */
export function applyDeals(board: Board, ids: readonly string[], deals: readonly Deal[]): Board {
  const known = new Map(
    board.columns.flatMap((column) => column.deals).map((deal) => [deal.id, deal.version]),
  )
  // what hangs on a deal, its next step for one, changes without a new version of it
  const newer = deals.filter((deal) => (known.get(deal.id) ?? 0) <= deal.version)
  const seen = new Set(deals.map((deal) => deal.id))
  const lost = new Set(ids.filter((id) => !seen.has(id) && known.has(id)))
  let next = board
  if (lost.size > 0) {
    const columns = board.columns.map((column) => {
      const left = without(column.deals, lost)
      return left === column.deals ? column : { ...column, deals: [...left] }
    })
    next = { ...board, columns }
  }
  for (const deal of newer) {
    if (deal.pipeline_id === board.pipeline_id) next = placeDeal(next, deal)
  }
  return next
}

/** The board with the exact numbers of a fresh answer; the cards read so far stay. */
export function applyNumbers(board: Board, fresh: Board): Board {
  const numbers = new Map(fresh.columns.map((column) => [column.stage_id, column]))
  return {
    ...board,
    base: fresh.base,
    columns: board.columns.map((column) => {
      const { count, sums, base } = numbers.get(column.stage_id) ?? column
      return { ...column, count, sums, base }
    }),
  }
}

/** The next page of a stage, behind what was read of it. */
export function appendDeals(
  board: Board,
  stageId: string,
  page: { items: Deal[]; next: string | null },
): Board {
  const shown = new Set(board.columns.flatMap((column) => column.deals).map((deal) => deal.id))
  const fresh = page.items.filter((deal) => !shown.has(deal.id))
  return {
    ...board,
    columns: board.columns.map((column) =>
      column.stage_id === stageId
        ? { ...column, deals: [...column.deals, ...fresh], next: page.next }
        : column,
    ),
  }
}
