import type { Happening, QuoteStep, Rule, RuleAbout, RuleDraft } from '@/shared/api/generated/model'
import type { Leaf } from '@/shared/conditions'
import type { CustomValues } from '@/shared/custom-fields'
import { aboutOf, isChange, isConsent, isCrossing } from './about'

/** A rule as its form holds it, and the way to and from the API's terms. */

export type AssignValues = {
  type: 'assign'
  how: 'person' | 'in-turn' | 'by-load'
  people: string[]
  /** Instead of people; empty: none. */
  team_id: string
  at_work_only: boolean
  /** Who gets it while nobody is at work; empty: it waits. */
  otherwise_id: string
}

export type StepValues =
  | AssignValues
  | { type: 'send-letter'; template_id: string; to: 'contact' | 'owner' }
  | { type: 'add-task'; title: string; hours: string; description: string }
  | { type: 'call-webhook'; url: string }
  | { type: 'set-fields'; custom: CustomValues }
  | { type: 'set-tags'; add: string[]; remove: string[] }

export type RuleValues = {
  name: string
  pipeline_id: string
  stage_id: string
  /** What happens to a quote, instead of a stage that is entered. */
  quote: QuoteStep | null
  /** What else happens to a deal, instead of both. */
  happens: Happening | null
  /** Fields of which one has to be changed; empty: any. */
  watches: string[]
  /** The one that is entered or left; empty: none. */
  segment_id: string
  /** What is agreed to; empty: anything. */
  purpose_id: string
  /** Sum over which the rule applies; empty: any sum. */
  over: string
  currency: string
  /** What is asked of added fields and segments; of companies and people all that is asked. */
  asked: Leaf[]
  /** A condition this form cannot show: kept as it is. */
  other: Rule['condition']
  steps: StepValues[]
}

/** What a rule does, to whom it gives the deal as the last of it. */
export const stepsOf = (rule: Pick<Rule, 'steps' | 'sets' | 'tags' | 'give'>) => [
  ...rule.steps,
  ...(rule.sets ? [rule.sets] : []),
  ...(rule.tags ? [rule.tags] : []),
  ...(rule.give ? [rule.give] : []),
]

type Condition = Rule['condition']

type Parts = { over: string; currency?: string; asked: Leaf[] }

const isAsked = (field: string, about: RuleAbout) =>
  about !== 'deal' || field.startsWith('custom.') || field === 'segment_id'

/** The sum, the currency and the other fields a condition asks for, when that is all it asks. */
export function partsOf(condition: Condition, about: RuleAbout): Parts | undefined {
  if (condition === null) return { over: '', asked: [] }
  const asked: Leaf[] = []
  const leaves = 'all' in condition ? condition.all : [condition]
  const found: { over?: string; currency?: string } = {}
  for (const leaf of leaves) {
    if (!('field' in leaf)) return undefined
    if (isAsked(leaf.field, about)) {
      asked.push(leaf)
      continue
    }
    if (leaf.field === 'amount' && leaf.op === 'gt' && found.over === undefined) {
      found.over = String(leaf.value)
    } else if (leaf.field === 'currency' && leaf.op === 'eq' && found.currency === undefined) {
      found.currency = String(leaf.value)
    } else return undefined
  }
  if (found.over === undefined && found.currency !== undefined) return undefined
  return { ...found, over: found.over ?? '', asked }
}

export function conditionOf(values: RuleValues): NonNullable<RuleDraft['condition']> | null {
  if (values.other) return values.other
  const all: Leaf[] = [
    ...(values.over
      ? [
          { field: 'amount', op: 'gt', value: values.over } as const,
          { field: 'currency', op: 'eq', value: values.currency } as const,
        ]
      : []),
    ...values.asked,
  ]
  return all.length > 0 ? { all } : null
}

export function valuesOf(rule: Rule, pipelineId: string, currency: string): RuleValues {
  const sum = partsOf(rule.condition, aboutOf(rule.happens))
  return {
    name: rule.name,
    pipeline_id: pipelineId,
    stage_id: rule.quote || rule.happens ? '' : rule.trigger.stage_id,
    quote: rule.quote,
    happens: rule.happens,
    watches: rule.watches,
    segment_id: rule.segment_id ?? '',
    purpose_id: rule.purpose_id ?? '',
    over: sum?.over ?? '',
    currency: sum?.currency ?? currency,
    asked: sum?.asked ?? [],
    other: sum ? null : rule.condition,
    steps: stepsOf(rule).map((step): StepValues => {
      if (step.type === 'send-letter' || step.type === 'call-webhook') return step
      if (step.type === 'set-fields') return { type: step.type, custom: step.custom }
      if (step.type === 'set-tags') {
        return { type: step.type, add: step.add ?? [], remove: step.remove ?? [] }
      }
      if (step.type === 'assign') {
        return {
          type: step.type,
          how: step.how,
          people: step.people ?? [],
          team_id: step.team_id ?? '',
          at_work_only: step.at_work_only ?? true,
          otherwise_id: step.otherwise_id ?? '',
        }
      }
      return {
        type: step.type,
        title: step.title,
        hours: step.due_in_working_hours,
        description: step.description ?? '',
      }
    }),
  }
}

function triggerOf({ quote, happens, watches, stage_id, ...of }: RuleValues) {
  if (quote) return { quote }
  if (happens) {
    return {
      happens,
      watches: isChange(happens) ? watches : [],
      ...(isCrossing(happens) && { segment_id: of.segment_id }),
      ...(isConsent(happens) && { purpose_id: of.purpose_id || null }),
    }
  }
  return { trigger: { type: 'deal-enters-stage' as const, stage_id } }
}

export function draftOf(values: RuleValues): RuleDraft {
  const given = values.steps.find((step) => step.type === 'assign')
  const sets = values.steps.find((step) => step.type === 'set-fields')
  const tags = values.steps.find((step) => step.type === 'set-tags')
  return {
    name: values.name,
    ...triggerOf(values),
    condition: conditionOf(values),
    steps: values.steps.flatMap((step): RuleDraft['steps'] => {
      if (step.type === 'assign' || step.type === 'set-fields' || step.type === 'set-tags')
        return []
      if (step.type !== 'add-task') return [{ ...step }]
      return [
        {
          type: step.type,
          title: step.title,
          due_in_working_hours: step.hours,
          description: step.description || null,
        },
      ]
    }),
    sets: sets ?? null,
    tags: tags ?? null,
    give: given
      ? {
          ...given,
          team_id: given.team_id || null,
          otherwise_id: (given.at_work_only && given.otherwise_id) || null,
        }
      : null,
  }
}

export const newStep = (type: StepValues['type']): StepValues => {
  if (type === 'send-letter') return { type, template_id: '', to: 'contact' }
  if (type === 'assign') {
    const rest = { team_id: '', at_work_only: true, otherwise_id: '' }
    return { type, how: 'in-turn', people: [], ...rest }
  }
  if (type === 'add-task') return { type, title: '', hours: '4', description: '' }
  if (type === 'set-fields') return { type, custom: {} }
  if (type === 'set-tags') return { type, add: [], remove: [] }
  return { type, url: '' }
}

/** What does not outlast that the rule is about other records. */
export function begunAnew(values: RuleValues, about: RuleAbout): Partial<RuleValues> {
  if (aboutOf(values.happens) === about) return {}
  const steps = values.steps.flatMap((step): StepValues[] => {
    if (step.type === 'set-fields') return []
    if (step.type === 'set-tags' && about === 'deal') return []
    const byLoad = step.type === 'assign' && step.how === 'by-load' && about !== 'deal'
    return [byLoad ? { ...step, how: 'in-turn' } : step]
  })
  const rest = { watches: [], segment_id: '', purpose_id: '', over: '', asked: [], other: null }
  return { ...rest, steps: steps.length > 0 ? steps : [newStep('send-letter')] }
}

/** The form's name of a field the API refused: `steps.1.add-task.due_in_working_hours`. */
export function fieldOf(field: string): string | undefined {
  const step = /^steps\.(\d+)(?:\.(?:send-letter|add-task|call-webhook))?\.(\w+)$/.exec(field)
  if (step) return `steps.${step[1]}.${step[2] === 'due_in_working_hours' ? 'hours' : step[2]}`
  if (field.startsWith('trigger')) return 'stage_id'
  if (field.startsWith('condition')) return 'over'
  return undefined
}
