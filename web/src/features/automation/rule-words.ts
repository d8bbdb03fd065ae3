import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Happening, QuoteStep, Rule, RuleAbout } from '@/shared/api/generated/model'
import { useCustomFields } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat } from '@/shared/i18n/format'
import { purposeName, purposesQuery } from '@/shared/consents'
import {
  stageOf,
  teamsQuery,
  useColleagues,
  useMe,
  usePipelines,
  useSegmentNames,
} from '@/shared/reference'
import { aboutOf, WATCHED } from './about'
import { templatesQuery } from './queries'
import { partsOf } from './rule-model'

/** What a rule may wait for, of quotes. */
export const QUOTE_STEPS: Record<QuoteStep, MessageDescriptor> = {
  sent: msg`A quote is sent`,
  opened: msg`The customer opens a quote`,
  accepted: msg`The customer accepts a quote`,
  declined: msg`The customer declines a quote`,
}

/** The same of deals, their tasks and their meetings, of companies and of people. */
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
  'company-added': msg`A company is added`,
  'company-changed': msg`A company is changed`,
  'company-given': msg`A company is given to another person`,
  'company-entered-segment': msg`A company enters a segment`,
  'company-left-segment': msg`A company leaves a segment`,
  'person-added': msg`A person is added`,
  'person-changed': msg`A person is changed`,
  'person-given': msg`A person is given to another owner`,
  'person-entered-segment': msg`A person enters a segment`,
  'person-left-segment': msg`A person leaves a segment`,
  'consent-given': msg`A person gives a consent`,
  'consent-withdrawn': msg`A person withdraws a consent`,
}

/** Fields whose change a rule can wait for. */
export function useWatchable(about: RuleAbout) {
  const { i18n } = useLingui()
  const added = useCustomFields(about)
  return [
    ...WATCHED[about].map((value) => ({ value, label: fieldName(i18n, value, about) })),
    ...added.map(({ key, name }) => ({ value: `custom.${key}`, label: name })),
  ]
}

type Told = Pick<
  Rule,
  'trigger' | 'quote' | 'happens' | 'watches' | 'segment_id' | 'purpose_id' | 'condition'
>
type Step = Rule['steps'][number] | NonNullable<Rule['sets'] | Rule['tags'] | Rule['give']>

/** Some rules, each in a sentence. */
export function useRuleWords(rules: readonly Rule[]) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { base_currency } = useMe()
  const pipelines = usePipelines()
  const { data: templates } = useQuery(templatesQuery())
  const { data: teams } = useQuery(teamsQuery())
  const colleagues = useColleagues()
  const segments = useSegmentNames(rules.some((rule) => rule.segment_id))
  const { data: purposes = [] } = useQuery({
    ...purposesQuery(),
    enabled: rules.some((rule) => rule.purpose_id),
  })
  const added = {
    deal: useCustomFields('deal'),
    company: useCustomFields('company'),
    person: useCustomFields('person'),
  }
  const watchable = {
    deal: useWatchable('deal'),
    company: useWatchable('company'),
    person: useWatchable('person'),
  }

  function when(rule: Told): string {
    if (rule.quote) return narrowed(rule, i18n._(QUOTE_STEPS[rule.quote]))
    if (rule.happens) {
      const what = i18n._(HAPPENINGS[rule.happens])
      const fields = rule.watches.map(
        (name) =>
          watchable[aboutOf(rule.happens)].find(({ value }) => value === name)?.label ?? name,
      )
      const segment = rule.segment_id && segments.find(({ id }) => id === rule.segment_id)?.name
      const purpose = purposes.find(({ id }) => id === rule.purpose_id)
      const of = [...fields, ...(segment ? [segment] : [])]
      if (purpose) of.push(purposeName(i18n, purpose))
      return narrowed(rule, of.length > 0 ? `${what} (${of.join(', ')})` : what)
    }
    const { stage_id } = rule.trigger
    const stage = stageOf(pipelines, stage_id)?.name ?? '…'
    const pipeline =
      pipelines.find((one) => one.stages.some((other) => other.id === stage_id))?.name ?? '…'
    const sum = partsOf(rule.condition, 'deal')
    if (sum === undefined || sum.asked.length > 0)
      return t`When a deal enters “${stage}” (${pipeline}) and fulfils a condition`
    if (!sum.over) return t`When a deal enters “${stage}” (${pipeline})`
    const over = format.money({ amount: sum.over, currency: sum.currency ?? base_currency })
    return t`When a deal over ${over} enters “${stage}” (${pipeline})`
  }

  function narrowed({ condition, happens }: Told, what: string): string {
    const about = aboutOf(happens)
    if (about !== 'deal') return condition ? t`${what}: only those that fulfil a condition` : what
    const sum = partsOf(condition, about)
    if (sum === undefined || sum.asked.length > 0)
      return t`${what}: only deals that fulfil a condition`
    if (!sum.over) return what
    const over = format.money({ amount: sum.over, currency: sum.currency ?? base_currency })
    return t`${what}: only deals over ${over}`
  }

  function step(one: Step, about: RuleAbout): string {
    if (one.type === 'set-fields') {
      const names = Object.keys(one.custom)
        .map((key) => added[about].find((field) => field.key === key)?.name ?? key)
        .join(', ')
      return t`sets ${names}`
    }
    if (one.type === 'set-tags') {
      const told = [
        ...(one.add ?? []).map((tag) => `+${tag}`),
        ...(one.remove ?? []).map((tag) => `−${tag}`),
      ]
      const tags = told.join(', ')
      return t`tags ${tags}`
    }
    if (one.type === 'send-letter') {
      const template = templates?.find((other) => other.id === one.template_id)?.name ?? '…'
      if (one.to === 'contact' && about === 'company') return t`letter “${template}” to the company`
      if (one.to === 'contact' && about === 'person') return t`letter “${template}” to the person`
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
      if (about !== 'deal')
        return one.how === 'person' ? t`the owner is ${whom}` : t`owners in turn: ${whom}`
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
