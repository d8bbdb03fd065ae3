import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { GrantInput, LeafOutput, Op } from '@/shared/api/generated/model'
import { useToldChanges } from '@/shared/changes'
import { fieldName } from '@/shared/i18n/fields'
import { usePipelines, useTeams } from '@/shared/reference'

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
  before_today: msg`is before today`,
  after_today: msg`is after today`,
}

/** The words for a condition that narrows a grant. */
export function useConditionWords(): (condition: ConditionTold) => string {
  const { t, i18n } = useLingui()
  const told = useToldChanges()
  const pipelines = usePipelines()
  const teams = useTeams()

  function value(field: string, given: LeafOutput['value']): string {
    const named = [...pipelines, ...teams].find((one) => one.id === given)?.name
    return named ?? told({ [field]: [null, given] })[0]?.after ?? JSON.stringify(given)
  }
  function words(condition: ConditionTold): string {
    if ('all' in condition) return condition.all.map(part).join(` ${t`and`} `)
    if ('any' in condition) return condition.any.map(part).join(` ${t`or`} `)
    if ('not' in condition) return `${t`not`} (${words(condition.not)})`
    const { field, op } = condition
    const given = condition.value ?? null
    const shown = given === null ? '' : ` ${value(field, given)}`
    return `${fieldName(i18n, field)} ${i18n._(OPS[op])}${shown}`
  }
  const part = (condition: ConditionTold): string =>
    'all' in condition || 'any' in condition ? `(${words(condition)})` : words(condition)
  return words
}
