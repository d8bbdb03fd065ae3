import { describe, expect, test } from 'vitest'
import {
  begunAnew,
  conditionOf,
  draftOf,
  fieldOf,
  partsOf,
  valuesOf,
  type RuleValues,
} from '@/features/automation/rule-model'
import type { Rule } from '@/shared/api/generated/model'

const rule: Rule = {
  id: 'r',
  name: 'Large deals',
  trigger: { type: 'deal-enters-stage', stage_id: 's' },
  quote: null,
  happens: null,
  watches: [],
  segment_id: null,
  purpose_id: null,
  condition: {
    all: [
      { field: 'amount', op: 'gt', value: '1000000.50' },
      { field: 'currency', op: 'eq', value: 'RUB' },
    ],
  },
  steps: [
    { type: 'send-letter', template_id: 't', to: 'contact' },
    { type: 'add-task', title: 'Call', due_in_working_hours: '4', description: null },
    { type: 'call-webhook', url: 'https://hooks.example/deal' },
  ],
  sets: { type: 'set-fields', custom: { vip: true, weight: null } },
  tags: null,
  give: {
    type: 'assign',
    how: 'in-turn',
    people: ['a', 'b'],
    team_id: null,
    at_work_only: true,
    otherwise_id: 'c',
  },
  enabled: true,
  paused_because: null,
  paused_code: null,
  author_id: 'a',
  author_name: 'Author',
  runs: 0,
  last_run_at: null,
  created_at: '2026-01-01T00:00:00Z',
  version: 1,
}

test('a rule comes back from its form as it went in', () => {
  const draft = draftOf(valuesOf(rule, 'p', 'RUB'))
  expect(draft).toEqual({
    name: rule.name,
    trigger: rule.trigger,
    condition: rule.condition,
    steps: rule.steps,
    sets: rule.sets,
    tags: null,
    give: rule.give,
  })
})

describe('the condition', () => {
  test('is told as a sum where it is no more than that', () => {
    expect(partsOf(rule.condition, 'deal')).toEqual({
      over: '1000000.50',
      currency: 'RUB',
      asked: [],
    })
    expect(partsOf(null, 'deal')).toEqual({ over: '', asked: [] })
  })
  test('asks of added fields beside the sum, or of them alone', () => {
    const leaf = { field: 'custom.vip', op: 'eq' as const, value: true }
    for (const all of [[leaf], [{ field: 'amount', op: 'gt' as const, value: '5' }, leaf]]) {
      const told = partsOf({ all }, 'deal')
      expect(told?.asked).toEqual([leaf])
      expect(told?.over).toBe(all.length > 1 ? '5' : '')
    }
    const values = { ...valuesOf(rule, 'p', 'RUB'), over: '', asked: [leaf] }
    expect(conditionOf(values)).toEqual({ all: [leaf] })
  })
  test('that the form cannot show is kept as it is', () => {
    const condition: Rule['condition'] = { not: { field: 'amount', op: 'is_empty', value: null } }
    expect(partsOf(condition, 'deal')).toBeUndefined()
    expect(draftOf(valuesOf({ ...rule, condition }, 'p', 'RUB')).condition).toBe(condition)
  })
  test('is none without a sum', () => {
    expect(conditionOf({ ...valuesOf(rule, 'p', 'RUB'), over: '' } satisfies RuleValues)).toBeNull()
  })
})

test.each([
  ['deal-changed', ['worth', 'custom.budget'], ['worth', 'custom.budget']],
  ['deal-won', ['worth'], []],
] as const)('a rule that fires when %s, watching %o', (happens, watches, sent) => {
  const values = valuesOf({ ...rule, happens, watches: [...watches] }, '', 'RUB')
  expect(values.stage_id).toBe('')
  const draft = draftOf(values)
  expect(draft).toMatchObject({ happens, watches: sent })
  expect(draft).not.toHaveProperty('trigger')
})

test.each([
  ['steps.0.send-letter.template_id', 'steps.0.template_id'],
  ['steps.1.add-task.due_in_working_hours', 'steps.1.hours'],
  ['steps.2.url', 'steps.2.url'],
  ['trigger.stage_id', 'stage_id'],
  ['condition', 'over'],
  ['name', undefined],
])('a refusal of %s lands on %s', (refused, field) => {
  expect(fieldOf(refused)).toBe(field)
})

test('a rule about people asks all there is, and keeps nothing that is of deals', () => {
  const asked = { field: 'city', op: 'eq' as const, value: 'Tver' }
  const about = { ...rule, happens: 'person-entered-segment' as const, segment_id: 's' }
  const values = valuesOf({ ...about, condition: asked }, '', 'RUB')
  expect(values.asked).toEqual([asked])
  expect(draftOf(values)).toMatchObject({ segment_id: 's', condition: { all: [asked] } })
  const load = { ...rule, give: { ...rule.give!, how: 'by-load' as const } }
  const anew = begunAnew(valuesOf(load, 'p', 'RUB'), 'person')
  expect(anew).toMatchObject({ over: '', asked: [], watches: [] })
  expect(anew.steps?.map((step) => step.type)).not.toContain('set-fields')
  expect(anew.steps?.at(-1)).toMatchObject({ type: 'assign', how: 'in-turn' })
  expect(begunAnew(values, 'person')).toEqual({})
})
