import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { GrantInput, LeafInput, Op } from '@/shared/api/generated/model'
import { useCompetitors } from '@/shared/competitors'
import { useNamesIn, useToldChanges } from '@/shared/changes'
import { useAddedField } from '@/shared/custom-fields'
import { asksSegment } from '@/shared/conditions'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat } from '@/shared/i18n/format'
import { usePipelines, useSegmentNames, useTeams } from '@/shared/reference'

export type ConditionTold = NonNullable<GrantInput['condition']>

/** What stands between a field and its value. */
const OPS: Record<Op, MessageDescriptor> = {
  eq: msg`is`,
  ne: msg`is not`,
  in: msg`is one of`,
  not_in: msg`is none of`,
  gt: msg`over`,
  gte: msg`from`,
  lt: msg`under`,
  lte: msg`up to`,
  between: msg`between`,
  contains: msg`has in it`,
  starts_with: msg`begins with`,
  is_empty: msg`is empty`,
  is_not_empty: msg`is not empty`,
  is_me: msg`is the person themselves`,
  yesterday: msg`is yesterday`,
  today: msg`is today`,
  tomorrow: msg`is tomorrow`,
  last_week: msg`is in the last week`,
  this_week: msg`is in this week`,
  next_week: msg`is in the next week`,
  last_month: msg`is in the last month`,
  this_month: msg`is in this month`,
  next_month: msg`is in the next month`,
  last_quarter: msg`is in the last quarter`,
  this_quarter: msg`is in this quarter`,
  next_quarter: msg`is in the next quarter`,
  last_year: msg`is in the last year`,
  this_year: msg`is in this year`,
  next_year: msg`is in the next year`,
  last_n_days: msg`is in the last days, as many as`,
  next_n_days: msg`is in the next days, as many as`,
  before_last_n_days: msg`is before the last days, as many as`,
  before_today: msg`is before today`,
  after_today: msg`is after today`,
}

/** Whether a field is a sum of money, whatever its currency. */
export const isAmount = (field: string): boolean =>
  field === 'amount' || field.startsWith('deals.largest')

const MINE = msg({ message: 'is me', context: 'person' })

/** What a field can be, as a condition may ask: the states of a deal, those of a task. */
const OPTIONS: Record<string, Record<string, MessageDescriptor>> = {
  kind: {
    open: msg({ message: 'Open', context: 'deals' }),
    won: msg({ message: 'Won', context: 'deals' }),
    lost: msg({ message: 'Lost', context: 'deals' }),
  },
  state: {
    open: msg({ message: 'Open', context: 'task' }),
    done: msg({ message: 'Done', context: 'task' }),
  },
  about_kind: { company: msg`Company`, person: msg`Person`, deal: msg`Deal` },
}

/** The words for one of the values a field of a kind of record can have. */
export function useOptionWords(kind?: string): (field: string, option: string) => string {
  const { i18n } = useLingui()
  const added = useAddedField()
  return (field, option) => {
    const known = OPTIONS[field]?.[option]
    if (known) return i18n._(known)
    return added(kind, field)?.options.find(({ key }) => key === option)?.name ?? option
  }
}

/** The words for an operator; `mine`: it is asked in the reader's own name. */
export function useOperatorWords(mine = false): (op: Op) => string {
  const { i18n } = useLingui()
  return (op) => i18n._((mine && op === 'is_me' ? MINE : OPS[op]) ?? op)
}

const DAY = /^\d{4}-\d\d-\d\d$/

const leavesOf = (condition: ConditionTold): LeafInput[] => {
  if ('all' in condition) return condition.all.flatMap(leavesOf)
  if ('any' in condition) return condition.any.flatMap(leavesOf)
  return 'not' in condition ? leavesOf(condition.not) : [condition]
}

type Told = {
  /** What will be told, so that the records it leads to have their names. */
  of?: readonly ConditionTold[]
  /** The records it is asked of. */
  kind?: string
  /** It is asked in the reader's own name, as a filter is. */
  mine?: boolean
}

/** The words for a condition: of a filter, or one that narrows a grant. */
export function useConditionWords({ of = [], kind, mine = false }: Told = {}): (
  condition: ConditionTold,
) => string {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const leaves = of.flatMap(leavesOf)
  const asked = leaves.map((leaf) => ({ kind, changes: { [leaf.field]: leaf.value } }))
  const told = useToldChanges(useNamesIn(asked))
  const pipelines = usePipelines()
  const teams = useTeams()
  const segments = useSegmentNames(leaves.some(({ field }) => asksSegment(field)))
  const competitors = useCompetitors(leaves.some(({ field }) => field === 'competitor_id'))
  const option = useOptionWords(kind)
  const operator = useOperatorWords(mine)

  function one(field: string, given: string | number | boolean): string {
    const stages = pipelines.flatMap((pipeline) => pipeline.stages)
    const named = [...pipelines, ...stages, ...teams, ...segments, ...competitors].find(
      ({ id }) => id === given,
    )?.name
    if (named !== undefined) return named
    if (field in OPTIONS) return option(field, String(given))
    if (isAmount(field)) return format.number(String(given))
    if (typeof given === 'string' && DAY.test(given)) return format.date(given)
    return told({ [field]: [null, given] }, kind)[0]?.after ?? String(given)
  }
  function value({ field, op, value: given }: LeafInput): string {
    const values = [given ?? []].flat().map((each) => one(field, each))
    return values.length === 0 ? '' : ` ${values.join(op === 'between' ? ' – ' : ', ')}`
  }
  function words(condition: ConditionTold): string {
    if ('all' in condition) return condition.all.map(part).join(` ${t`and`} `)
    if ('any' in condition) return condition.any.map(part).join(` ${t`or`} `)
    if ('not' in condition) return `${t`not`} (${words(condition.not)})`
    const { field, op } = condition
    return `${fieldName(i18n, field, kind)} ${operator(op)}${value(condition)}`
  }
  const part = (condition: ConditionTold): string =>
    'all' in condition || 'any' in condition ? `(${words(condition)})` : words(condition)
  return words
}
