import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { CustomType } from '@/shared/api/generated/model'
import type { CustomKind } from '@/shared/custom-fields'
import type { RightName } from '@/shared/reference'

/** What one needs to define the fields of a kind. */
export const EDITS: Record<CustomKind, RightName> = {
  deal: 'sales.field.edit',
  company: 'customers.field.edit',
  person: 'customers.field.edit',
}

/** What each type of field is called. */
export const TYPES: Record<CustomType, MessageDescriptor> = {
  text: msg`Text`,
  number: msg`Number`,
  money: msg`Sum of money`,
  date: msg`Date`,
  time: msg`Date and time`,
  bool: msg`Yes or no`,
  choice: msg`One of a list`,
  choices: msg`Several of a list`,
  person: msg`Colleague`,
  link: msg`Link to a record`,
}

/** What can be unique: a single value of very many. */
const UNIQUE = new Set<CustomType>(['text', 'number', 'date', 'time', 'person', 'link'])
export const canBeUnique = (type: CustomType) => UNIQUE.has(type)

/** What a link may lead to, by the kind of record it is a field of. */
export const LEADS_TO: Record<CustomKind, readonly CustomKind[]> = {
  deal: ['company', 'person', 'deal'],
  company: ['company', 'person'],
  person: ['company', 'person'],
}
export const LED_TO: Record<CustomKind, MessageDescriptor> = {
  company: msg`A company`,
  person: msg`A person`,
  deal: msg`A deal`,
}

export const isChosen = (type: CustomType) => type === 'choice' || type === 'choices'
