import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQueries } from '@tanstack/react-query'
import { useCallback } from 'react'
import { ApiError } from '@/shared/api/http'
import { NAMED_AS, useAddedField } from '@/shared/custom-fields'
import { isOfConsents, useConsentChoices } from '@/shared/consents'
import { isContactRole, roleText } from '@/shared/contact-roles'
import { useCustomText } from '@/shared/custom-words'
import { fieldName } from '@/shared/i18n/fields'
import { useFormat, type Money } from '@/shared/i18n/format'
import { isLocale, LOCALES } from '@/shared/i18n/i18n'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import {
  isNamedField,
  nameQuery,
  stageOf,
  useColleagues,
  usePipelines,
  type NamedField,
} from '@/shared/reference'

/** Fields a person does not care to see beside others that say the same. */
const ECHOES = new Set([
  'kind',
  'probability',
  'pipeline_id',
  'closed_at',
  'stage_since',
  'team_id',
])

/** Values that are words of the API. */
const VALUES: Record<string, Record<string, MessageDescriptor>> = {
  how: {
    dynamic: msg({ message: 'By a condition', context: 'segment' }),
    static: msg({ message: 'By hand', context: 'segment' }),
  },
  seen_by: { me: msg`Only me`, team: msg`Team`, all: msg`Everybody` },
}

/** What is known by its id alone, and told by the page it was changed on. */
const UNTOLD = new Set(['grants', 'parent_id', 'roles'])

/** Stands for a value that has parts, which no few words tell. */
const SHAPE = '…'

const DAY = /^\d{4}-\d\d-\d\d$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

const isMoney = (value: object): value is Money => 'amount' in value && 'currency' in value

type ToldChange = { field: string; name: string; before: string; after: string }

/** A further contact of a deal. */
type Contact = { person_id: string; role: string }
const isContact = (value: unknown): value is Contact =>
  typeof value === 'object' && value !== null && 'person_id' in value && 'role' in value

type NameOf = (id: string) => string | undefined
const UNNAMED: NameOf = () => undefined

/** Of what kind of record an event tells: `customers.company-changed.v1` of a company. */
export const kindIn = (name: string): string | undefined => /(?<=\.)[a-z]+/.exec(name)?.[0]

/** A field, and where a company belongs to another one, the field that names companies elsewhere. */
const namedAs = (field: string, kind: string | undefined) =>
  field === 'parent_id' && kind === 'company' ? 'company_id' : field

/** `kind`: of what record the fields are. */
type Told = { kind?: string | undefined; changes: Record<string, unknown> }

/** The names of the companies and people that changes lead from and to, as far as one may see them. */
export function useNamesIn(entries: readonly Told[]): NameOf {
  const added = useAddedField()
  const asked = new Map<string, NamedField>()
  for (const { kind, changes } of entries) {
    for (const [told, value] of Object.entries(changes)) {
      for (const one of [value].flat(2)) if (isContact(one)) asked.set(one.person_id, 'contact_id')
      const link = added(kind, told)?.links_to
      const field = link ? NAMED_AS[link] : namedAs(told, kind)
      if (!isNamedField(field)) continue
      for (const id of [value].flat()) if (typeof id === 'string') asked.set(id, field)
    }
  }
  const consents = useConsentChoices(
    entries.some(({ changes }) => Object.keys(changes).some(isOfConsents)),
  )
  const ids = [...asked.keys()]
  const found = useQueries({ queries: [...asked].map(([id, field]) => nameQuery(field, id)) })
  return (id) => found[ids.indexOf(id)]?.data ?? consents.find(({ value }) => value === id)?.label
}

/** The words for changes as the API tells them: field → [before, after]. */
export function useToldChanges(
  nameOf = UNNAMED,
): (changes: Record<string, unknown>, kind?: string) => ToldChange[] {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const colleagues = useColleagues()
  const pipelines = usePipelines()
  const added = useAddedField()
  const customText = useCustomText()
  return useCallback(
    (changes, kind) => {
      function words(field: string, value: unknown): string {
        if (value === null || value === undefined || value === '') return '—'
        if (UNTOLD.has(field)) return SHAPE
        const own = added(kind, field)
        if (own?.links_to && typeof value === 'string') return nameOf(value) ?? t`another record`
        if (own) return customText(own, value)
        if (typeof value === 'boolean') return value ? t`yes` : t`no`
        if (typeof value === 'number') return format.number(value)
        if (Array.isArray(value)) {
          return [...new Set(value.map((entry) => words(field, entry)))].join(', ') || '—'
        }
        if (typeof value === 'object') {
          if (isMoney(value)) return format.money(value)
          if (isContact(value)) {
            const name = nameOf(value.person_id) ?? t`another record`
            return isContactRole(value.role) ? `${name} (${roleText(i18n, value.role)})` : name
          }
          const named = value as { name?: string; typed?: string }
          return named.typed ?? named.name ?? SHAPE
        }
        const text = typeof value === 'string' ? value : JSON.stringify(value)
        const known = VALUES[field]?.[text]
        if (known) return i18n._(known)
        if (field === 'locale' && isLocale(text)) return LOCALES[text]
        if (field === 'owner_id' || field === 'lead_id') {
          return colleagues.find((user) => user.id === text)?.name ?? t`another person`
        }
        if (field === 'field') return fieldName(i18n, text, kind)
        if (field === 'stage_id') return stageOf(pipelines, text)?.name ?? t`a stage`
        if (isNamedField(field) || isOfConsents(field)) return nameOf(text) ?? t`another record`
        if (DAY.test(text)) return format.date(text)
        return MOMENT.test(text) ? format.moment(text) : text
      }
      return Object.entries(changes)
        .filter(([field]) => !ECHOES.has(field))
        .map(([field, value]) => {
          const [before, after] = Array.isArray(value) ? (value as unknown[]) : [null, value]
          return {
            field,
            name: fieldName(i18n, field, kind),
            before: words(namedAs(field, kind), before),
            after: words(namedAs(field, kind), after),
          }
        })
    },
    [t, i18n, format, colleagues, pipelines, added, customText, nameOf],
  )
}

/** The words for a refused change: a stale one says who changed what, and that one's text is kept. */
export function useExplain(kind?: string): (error: unknown) => string {
  const { t, i18n } = useLingui()
  const told = useToldChanges()
  const colleagues = useColleagues()
  const problemText = useProblemText()
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return problemText(error)
      if (error.code === 'stale') {
        const data = error.data as { changes?: Record<string, unknown>; by?: string } | undefined
        const what = told(data?.changes ?? {}, kind)
          .map(({ name, before, after }) =>
            before === after ? name : `${name}: ${before} → ${after}`,
          )
          .join('; ')
        const who = colleagues.find((user) => user.id === data?.by)?.name ?? t`Someone`
        return t`${who} changed this before you (${what}). Your text is still here: save again to keep it.`
      }
      const [first] = error.errors
      return first ? fieldText(i18n, first, error.data) : problemText(error)
    },
    [t, i18n, told, colleagues, problemText, kind],
  )
}
