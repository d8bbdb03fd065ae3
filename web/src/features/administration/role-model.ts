import type { GrantInput, Guarded, Reach } from '@/shared/api/generated/model'

export type Grants = readonly GrantInput[]

/** What a role says of one operation; `several`: more than one grant, as they are written by the API. */
export type Told = Reach | 'none' | 'several'

/** What a role lets be done with a field. */
export type Level = 'hidden' | 'readable' | 'editable'

export const cellOf = (grants: Grants, object: string, operation: string): Grants =>
  grants.filter((grant) => grant.object === object && grant.operation === operation)

export function toldOf(cell: Grants): Told {
  const [first, second] = cell
  if (!first) return 'none'
  return second ? 'several' : first.reach
}

/** The grants with one operation granted this far: its condition and its fields stay. */
export function withReach(
  grants: Grants,
  object: string,
  operation: string,
  told: Told,
): GrantInput[] {
  const [first] = cellOf(grants, object, operation)
  const rest = grants.filter((grant) => grant.object !== object || grant.operation !== operation)
  if (told === 'none') return rest
  if (told === 'several') return [...grants]
  return [...rest, { condition: null, without: [], ...first, object, operation, reach: told }]
}

/** The grants without any condition on one operation. */
export const withoutCondition = (grants: Grants, object: string, operation: string): GrantInput[] =>
  grants.map((grant) =>
    grant.object === object && grant.operation === operation
      ? { ...grant, condition: null }
      : grant,
  )

const WRITING = ['create', 'edit']

const leavesOut = (cells: Grants, field: string): boolean =>
  cells.length > 0 && cells.every((grant) => grant.without?.includes(field))

export function levelOf(grants: Grants, object: string, field: string): Level {
  if (leavesOut(cellOf(grants, object, 'read'), field)) return 'hidden'
  const writing = WRITING.flatMap((operation) => cellOf(grants, object, operation))
  return leavesOut(writing, field) ? 'readable' : 'editable'
}

/** The grants with a field hidden from whoever has the role, shown to them, or theirs to write. */
export function withLevel(
  grants: Grants,
  object: string,
  field: string,
  level: Level,
): GrantInput[] {
  return grants.map((grant) => {
    const writes = WRITING.includes(grant.operation)
    if (grant.object !== object || !(writes || grant.operation === 'read')) return grant
    const out = level === 'hidden' || (level === 'readable' && writes)
    const others = (grant.without ?? []).filter((name) => name !== field)
    return { ...grant, without: out ? [...others, field] : others }
  })
}

const plain = (cell: Grants) =>
  JSON.stringify(
    cell
      .map(({ reach, condition, without }) =>
        JSON.stringify([reach, condition ?? null, (without ?? []).toSorted()]),
      )
      .toSorted(),
  )

/** Whether two roles say the same of one operation. */
export const sameCell = (one: Grants, other: Grants): boolean => plain(one) === plain(other)

/** In how many operations two roles differ. */
export const differences = (one: Grants, other: Grants, catalogue: readonly Guarded[]): number =>
  catalogue
    .flatMap(({ object, operations }) =>
      operations.map((operation) => [object, operation] as const),
    )
    .filter(([object, operation]) => {
      return !sameCell(cellOf(one, object, operation), cellOf(other, object, operation))
    }).length

/** Operations that are told apart as columns, as few as the catalogue has. */
export const operationsOf = (catalogue: readonly Guarded[]): string[] => [
  ...new Set(catalogue.flatMap((known) => known.operations)),
]
