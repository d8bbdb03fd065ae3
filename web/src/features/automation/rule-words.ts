import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Happening, QuoteStep, Rule } from '@/shared/api/generated/model'
import { useCustomFields } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat } from '@/shared/i18n/format'
import { stageOf, teamsQuery, useColleagues, useMe, usePipelines } from '@/shared/reference'
import { templatesQuery } from './queries'
import { partsOf } from './rule-model'

/** What a rule may wait for, of quotes. */
export const QUOTE_STEPS: Record<QuoteStep, MessageDescriptor> = {
  sent: msg`A quote is sent`,
  opened: msg`The customer opens a quote`,
  accepted: msg`The customer accepts a quote`,
  declined: msg`The customer declines a quote`,
}

/** The same of deals, their tasks and their meetings. */
export const HAPPENINGS: Record<Happening, MessageDescriptor> = {
  'deal-opened': msg`A deal is opened`,
  'deal-changed': msg`A deal is changed`,
  'deal-given': msg`A deal is given to another person`,
  'deal-won': msg`A deal is won`,
  'deal-lost': msg`A deal is lost`,
  'deal-late': msg`A deal stays longer than its stage lets it`,
  'deal-forgotten': msg`A deal is forgotten: no change and no next step for long`,
  'task-late': msg`A task of a deal is late`,
  'task-done': msg`A task of a deal is done`,
  'meeting-planned': msg`A meeting about a deal is planned`,
  'meeting-done': msg`A meeting about a deal has been held`,
}

/** Fields whose change a rule can wait for. */
export function useWatchable() {
  const { i18n } = useLingui()
  const added = useCustomFields('deal')
  return [
    ...(['worth', 'company_id', 'contact_id', 'expected_on'] as const).map((value) => ({
      value,
      label: fieldName(i18n, value),
    })),
    ...added.map(({ key, name }) => ({ value: `custom.${key}`, label: name })),
  ]
}

/** A rule in a sentence. */
export function useRuleWords() {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { base_currency } = useMe()
  const pipelines = usePipelines()
  const { data: templates } = useQuery(templatesQuery())
  const { data: teams } = useQuery(teamsQuery())
  const colleagues = useColleagues()
  const added = useCustomFields('deal')
  const watchable = useWatchable()

  function when(
    rule: Pick<Rule, 'trigger' | 'quote' | 'happens' | 'watches' | 'condition'>,
  ): string {
    if (rule.quote) return narrowed(rule, i18n._(QUOTE_STEPS[rule.quote]))
    if (rule.happens) {
      const what = i18n._(HAPPENINGS[rule.happens])
      const fields = rule.watches.map(
        (name) => watchable.find(({ value }) => value === name)?.label ?? name,
      )
      return narrowed(rule, fields.length > 0 ? `${what} (${fields.join(', ')})` : what)
    }
    const { stage_id } = rule.trigger
    const stage = stageOf(pipelines, stage_id)?.name ?? '…'
    const pipeline =
      pipelines.find((one) => one.stages.some((other) => other.id === stage_id))?.name ?? '…'
    const sum = partsOf(rule.condition)
    if (sum === undefined || sum.asked.length > 0)
      return t`When a deal enters “${stage}” (${pipeline}) and fulfils a condition`
    if (!sum.over) return t`When a deal enters “${stage}” (${pipeline})`
    const over = format.money({ amount: sum.over, currency: sum.currency ?? base_currency })
    return t`When a deal over ${over} enters “${stage}” (${pipeline})`
  }

  function narrowed({ condition }: Pick<Rule, 'condition'>, what: string): string {
    const sum = partsOf(condition)
    if (sum === undefined || sum.asked.length > 0)
      return t`${what}: only deals that fulfil a condition`
    if (!sum.over) return what
    const over = format.money({ amount: sum.over, currency: sum.currency ?? base_currency })
    return t`${what}: only deals over ${over}`
  }

  function step(
    one: Rule['steps'][number] | NonNullable<Rule['sets']> | NonNullable<Rule['give']>,
  ): string {
    if (one.type === 'set-fields') {
      const names = Object.keys(one.custom)
        .map((key) => added.find((field) => field.key === key)?.name ?? key)
        .join(', ')
      return t`sets ${names}`
    }
    if (one.type === 'send-letter') {
      const template = templates?.find((other) => other.id === one.template_id)?.name ?? '…'
      return one.to === 'contact'
        ? t`letter “${template}” to the contact`
        : t`letter “${template}” to the owner`
    }
    if (one.type === 'add-task') {
      const { title } = one
      const hours = Number(one.due_in_working_hours)
      return t`task “${title}” ${plural(hours, { one: 'in # working hour', other: 'in # working hours' })}`
    }
    if (one.type === 'assign') {
      const people = (one.people ?? []).flatMap(
        (id) => colleagues.find((other) => other.id === id)?.name ?? [],
      )
      const whom = teams?.find((team) => team.id === one.team_id)?.name ?? people.join(', ')
      if (one.how === 'person') return t`the deal goes to ${whom}`
      return one.how === 'in-turn'
        ? t`the deal is given in turn: ${whom}`
        : t`the deal is given by load: ${whom}`
    }
    const { url } = one
    return t`webhook ${url}`
  }

  return { when, step }
}
