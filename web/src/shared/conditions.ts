import { z } from 'zod/mini'
import type { AskableField, LeafInput, Op } from '@/shared/api/generated/model'
import type { ConditionTold } from '@/shared/condition-words'
import { NAMED_AS } from '@/shared/custom-fields'
import type { NamedField } from '@/shared/reference'

/** A condition of the API, `filter` of a list, as screens put it together: parts that all hold. */

export type Leaf = LeafInput
type LeafValue = NonNullable<Leaf['value']>

/** What an operator compares with: nothing, so many days, one value, two bounds, any of several. */
export type Shape = 'none' | 'days' | 'one' | 'bounds' | 'several'

const COMPARING: Partial<Record<Op, Shape>> = {
  eq: 'one',
  ne: 'one',
  in: 'several',
  not_in: 'several',
  gt: 'one',
  gte: 'one',
  lt: 'one',
  lte: 'one',
  between: 'bounds',
  contains: 'one',
  starts_with: 'one',
  last_n_days: 'days',
  next_n_days: 'days',
  before_last_n_days: 'days',
}

export const shapeOf = (op: Op): Shape => COMPARING[op] ?? 'none'

/** Ids that lead to a record that is found by typing, and as what it is known by its name. */
const LINKS: Partial<Record<string, NamedField>> = {
  company_id: 'company_id',
  contact_id: 'contact_id',
  parent_id: 'company_id',
}
/** Ids that a person can choose by a name. */
const NAMED = new Set(['pipeline_id', 'stage_id', 'team_id', ...Object.keys(LINKS)])

/** To what a field leads that is found by typing; nothing for another one. */
export const linkOf = ({ name, links_to }: AskableField): NamedField | undefined =>
  links_to ? NAMED_AS[links_to as keyof typeof NAMED_AS] : LINKS[name]

/**
 * The fields a person can be offered: an id, or a way of coming about, that nothing here names is
 * asked through the API.
 */
export const offered = (fields: readonly AskableField[]): AskableField[] =>
  fields.filter(
    ({ name, type, links_to }) =>
      name !== 'via' && (type !== 'id' || NAMED.has(name) || links_to !== null),
  )

/** The operators a person can be offered: a record is found one at a time. */
export const operatorsOf = (field: AskableField): Op[] =>
  field.operators.filter((op) => !linkOf(field) || shapeOf(op) !== 'several')

const FIRST: Partial<Record<AskableField['type'], Op>> = {
  text: 'contains',
  number: 'gte',
  money: 'gte',
  date: 'gte',
  time: 'gte',
  choice: 'in',
  person: 'in',
}

/** The operator that is meant most often. */
export function firstOperator(field: AskableField): Op {
  const operators = operatorsOf(field)
  const usual = field.type === 'id' && !linkOf(field) ? 'in' : FIRST[field.type]
  return operators.find((op) => op === usual) ?? operators[0] ?? 'eq'
}

/** The same value, as far as it fits another operator. */
export function fitted(value: Leaf['value'], op: Op): LeafValue | null {
  const shape = shapeOf(op)
  if (shape === 'none') return null
  if (shape === 'days') return typeof value === 'number' ? value : 7
  const given = [value ?? []].flat()
  if (shape === 'several') return given.filter((one) => one !== '')
  if (shape === 'bounds') return [given[0] ?? '', given[1] ?? '']
  return given[0] ?? ''
}

/** Whether there is something to compare with. */
export function isWhole({ op, value }: Leaf): boolean {
  const shape = shapeOf(op)
  if (shape === 'none') return true
  const given = [value ?? []].flat()
  return given.length > 0 && given.every((one) => one !== '')
}

/** The parts that all have to hold. */
export const partsOf = (condition: ConditionTold | undefined): ConditionTold[] =>
  condition === undefined ? [] : 'all' in condition ? condition.all : [condition]

/** The condition that these parts make; none without any. */
export const joined = (parts: readonly ConditionTold[]): ConditionTold | undefined =>
  parts.length === 0 ? undefined : { all: [...parts] }

/** As a list's `filter` takes it. */
export const filterOf = (parts: readonly ConditionTold[]): string | undefined =>
  parts.length === 0 ? undefined : JSON.stringify(joined(parts))

/** Whether a condition asks any of these fields. */
export function asks(condition: ConditionTold, fields: readonly string[]): boolean {
  if ('all' in condition) return condition.all.some((part) => asks(part, fields))
  if ('any' in condition) return condition.any.some((part) => asks(part, fields))
  if ('not' in condition) return asks(condition.not, fields)
  return fields.includes(condition.field)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

/** Whether a field asks of segments: of the record itself, or of those a deal is with. */
export const asksSegment = (field: string): boolean => field === 'segment' || field === 'segment_id'

/** The members of a segment, as a list's filter asks for them. */
export const inSegment = (id: string): ConditionTold => ({
  all: [{ field: 'segment', op: 'in', value: [id] }],
})

/** Whether an address holds a condition; what it asks is the server's to check. */
export function isCondition(value: unknown, depth = 8): value is ConditionTold {
  if (!isObject(value) || depth === 0) return false
  const parts = value['all'] ?? value['any']
  if (Array.isArray(parts)) return parts.every((part) => isCondition(part, depth - 1))
  if ('not' in value) return isCondition(value['not'], depth - 1)
  const given = [value['value'] ?? []].flat()
  return (
    typeof value['field'] === 'string' && typeof value['op'] === 'string' && given.every(isScalar)
  )
}

/** A filter as an address holds it; what is none asks nothing. */
export const conditionInAddress = z.optional(
  z.catch(
    z.custom<ConditionTold>((value) => isCondition(value)),
    { all: [] },
  ),
)
