import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { QuoteStep, Rule } from '@/shared/api/generated/model'
import { useCustomFields } from '@/shared/custom-fields'
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

  function when(rule: Pick<Rule, 'trigger' | 'quote' | 'condition'>): string {
    if (rule.quote) return ofQuote(rule, rule.quote)
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

  function ofQuote({ condition }: Pick<Rule, 'condition'>, quote: QuoteStep): string {
    const what = i18n._(QUOTE_STEPS[quote])
    const sum = partsOf(condition)
    if (sum === undefined || sum.asked.length > 0)
      return t`${what}, of a deal that fulfils a condition`
    if (!sum.over) return what
    const over = format.money({ amount: sum.over, currency: sum.currency ?? base_currency })
    return t`${what}, of a deal over ${over}`
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
