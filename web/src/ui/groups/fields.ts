import { useLingui } from '@lingui/react/macro'
import type { CustomField, Group, ViewKind } from '@/shared/api/generated/model'
import { nameOf, useCustomFields } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat } from '@/shared/i18n/format'
import { useAskable, useWithheld, type RightsObject } from '@/shared/reference'
import { useChoices } from '@/ui/conditions/use-choices'

export type Of = { object: RightsObject; kind: ViewKind }

/** By what a list may be grouped beside the fields that were added. */
const OWN: Record<ViewKind, readonly string[]> = {
  company: ['owner_id', 'team_id', 'industry', 'source', 'tags', 'created_at'],
  person: ['owner_id', 'team_id', 'position', 'source', 'tags', 'created_at'],
  deal: ['stage_id', 'pipeline_id', 'kind', 'owner_id', 'team_id', 'expected_on', 'created_at'],
  task: ['state', 'owner_id', 'team_id', 'about_kind', 'due_at', 'created_at', 'done_at'],
}
const GROUPED = new Set<CustomField['type']>([
  'choice',
  'choices',
  'bool',
  'person',
  'date',
  'time',
])

const DATED = new Set(['expected_on', 'created_at', 'due_at', 'done_at'])
const isDated = (name: string) => DATED.has(name)

/** The fields a reader may group a list by; groups of days are their months. */
export function useGroupFields({ object, kind }: Of): { value: string; label: string }[] {
  const { t, i18n } = useLingui()
  const withheld = useWithheld(`${object}.read`)
  const added = useCustomFields(kind).filter(({ indexed, type }) => indexed && GROUPED.has(type))
  const named = (name: string, label: string, dated: boolean) => ({
    value: name,
    label: dated ? t`${label}, by month` : label,
  })
  return [
    ...OWN[kind].map((name) => named(name, fieldName(i18n, name, kind), isDated(name))),
    ...added.map((field) =>
      named(nameOf(field), field.name, field.type === 'date' || field.type === 'time'),
    ),
  ].filter(({ value }) => !withheld.includes(value))
}

/** The fields whose days a calendar of a list may show. */
export function useDateFields({ object, kind }: Of): { value: string; label: string }[] {
  const { i18n } = useLingui()
  const withheld = useWithheld(`${object}.read`)
  const added = useCustomFields(kind).filter(
    ({ indexed, type }) => indexed && (type === 'date' || type === 'time'),
  )
  return [
    ...OWN[kind]
      .filter(isDated)
      .map((name) => ({ value: name, label: fieldName(i18n, name, kind) })),
    ...added.map((field) => ({ value: nameOf(field), label: field.name })),
  ].filter(({ value }) => !withheld.includes(value))
}

const MONTH = /^\d{4}-\d\d$/
const NO_FIELD = { name: '', type: 'text', operators: [], options: [], links_to: null } as const

/** What the groups of a field are called. */
export function useGroupName({ object, kind }: Of, by: string): (group: Group) => string {
  const { t } = useLingui()
  const format = useFormat()
  const field = useAskable(object)?.find(({ name }) => name === by)
  const choices = useChoices(field ?? { ...NO_FIELD, operators: [], options: [] }, kind)
  const known = new Map(
    choices?.flatMap((one) =>
      'group' in one
        ? one.items.map(({ value, label }) => [value, label] as const)
        : [[one.value, one.label] as const],
    ),
  )
  return ({ key, others }) => {
    if (others) return t({ message: 'Others', context: 'groups' })
    if (key === null) return t({ message: 'Not told', context: 'groups' })
    if (field?.type === 'date' || field?.type === 'time')
      return MONTH.test(String(key)) ? format.fullMonth(`${String(key)}-01`) : String(key)
    return known.get(String(key)) ?? (choices ? t`Unknown` : String(key))
  }
}
