import type { Team } from '@/shared/api/generated/model'

/** A team with how far down it stands. */
export type Placed = { team: Team; depth: number }

/** Every team below the one above it, by name among its neighbours. */
export function treeOf(teams: readonly Team[]): Placed[] {
  const ids = new Set(teams.map((team) => team.id))
  const under = (parent: string | null) =>
    teams.filter((team) =>
      parent === null ? !ids.has(team.parent_id ?? '') : team.parent_id === parent,
    )
  const placed: Placed[] = []
  function place(parent: string | null, depth: number) {
    for (const team of under(parent)) {
      placed.push({ team, depth })
      place(team.id, depth + 1)
    }
  }
  place(null, 0)
  return placed
}

/** The team and all below it: where it cannot be moved to. */
export function withThoseBelow(teams: readonly Team[], id: string): Set<string> {
  const found = new Set([id])
  for (let grown = true; grown;) {
    grown = false
    for (const team of teams) {
      if (!found.has(team.id) && found.has(team.parent_id ?? '')) {
        found.add(team.id)
        grown = true
      }
    }
  }
  return found
}
