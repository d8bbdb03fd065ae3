import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { CustomField, CustomType } from '@/shared/api/generated/model'
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
  file: msg`Files`,
  sealed: msg`Text, kept encrypted`,
}

/** What is chosen in the place of a type: a formula gives one by itself. */
export const FORMULA = 'formula'
export const ROLL_UP = 'roll_up'
export type Shape = CustomType | typeof FORMULA | typeof ROLL_UP
export const shapeOf = (field: CustomField): Shape =>
  field.roll_up ? ROLL_UP : field.formula === null ? field.type : FORMULA
export const SHAPES: Record<Shape, MessageDescriptor> = {
  ...TYPES,
  [FORMULA]: msg`Formula`,
  [ROLL_UP]: msg`Roll-up of linked records`,
}
export const SHAPE_NAMES = Object.keys(SHAPES) as Shape[]
/** Worked out, and filled in by nobody. */
export const isMade = (shape: Shape) => shape === FORMULA || shape === ROLL_UP

/** What is kept encrypted is not sorted by, nor told by anybody but who fills it in. */
export const isSealed = (shape: Shape) => shape === 'sealed'

/** Whether lists can be found and sorted by it. */
export const isListed = (shape: Shape) => shape !== 'file' && !isSealed(shape)

/** Whether new records can begin with a value of it. */
export const hasDefault = (shape: Shape) => shape !== 'link' && isListed(shape) && !isMade(shape)

/** What can be unique: a single value of very many. */
const UNIQUE = new Set<Shape>(['text', 'number', 'date', 'time', 'person', 'link'])
export const canBeUnique = (type: Shape) => UNIQUE.has(type)

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

export const isChosen = (type: Shape) => type === 'choice' || type === 'choices'

/** Of a field that is none: its values are told by the type alone. */
export const BLANK: CustomField = {
  id: '',
  of: 'deal',
  key: 'default',
  name: '',
  type: 'text',
  help: null,
  options: [],
  links_to: null,
  unique: false,
  required: false,
  indexed: false,
  pipeline_ids: [],
  default: null,
  formula: null,
  roll_up: null,
  uses: [],
  computing: null,
  becoming: null,
  came_of: null,
  position: 0,
  archived: false,
  version: 1,
}
