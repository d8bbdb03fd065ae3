import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type {
  FileImport,
  FileImportKind as ImportKind,
  ImportState,
  ImportPolicy,
  Lookalikes,
  Reason,
  UndoConflict,
} from '@/shared/api/generated/model'
import type { CustomKind } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'
import { codeText, fieldText } from '@/shared/i18n/problems'
import type { Tone } from '@/ui/tag'

export const KINDS: Record<ImportKind, MessageDescriptor> = {
  companies: msg`Companies`,
  people: msg`People`,
  deals: msg`Deals`,
}

export const STATES: Record<ImportState, { word: MessageDescriptor; tone: Tone }> = {
  new: { word: msg({ message: 'Not begun', context: 'import' }), tone: 'neutral' },
  checking: { word: msg({ message: 'Being checked', context: 'import' }), tone: 'blue' },
  checked: { word: msg({ message: 'Checked', context: 'import' }), tone: 'violet' },
  running: { word: msg({ message: 'Running', context: 'import' }), tone: 'blue' },
  paused: { word: msg({ message: 'Paused', context: 'import' }), tone: 'amber' },
  stopped: { word: msg({ message: 'Stopped', context: 'import' }), tone: 'red' },
  done: { word: msg({ message: 'Done', context: 'import' }), tone: 'teal' },
  failed: { word: msg({ message: 'Failed', context: 'import' }), tone: 'red' },
}

export const POLICIES: Record<ImportPolicy, MessageDescriptor> = {
  create: msg`Only add new ones`,
  update: msg`Only update those that are there`,
  both: msg`Add new ones and update those that are there`,
}

/** What becomes of rows that look like a record that is there. */
export const LOOKALIKES: Record<Lookalikes, MessageDescriptor> = {
  create: msg`Add them, and show both among duplicates`,
  skip: msg`Skip them`,
  update: msg`Update the record they look like`,
  ask: msg`Put them aside until somebody says`,
}

/** What the columns of files are for, where a field of a record is called otherwise. */
const FIELDS: Record<string, MessageDescriptor> = {
  company: msg`Company`,
  first_name: msg`First name`,
  last_name: msg`Last name`,
  middle_name: msg`Middle name`,
  parent: msg`Parent company`,
  pipeline: msg`Pipeline`,
  stage: msg`Stage`,
  expected: msg`Expected on`,
  owner: msg`Owner`,
  contact: msg`Contact`,
  contact_phones: msg`Phone of the contact`,
  contact_emails: msg`E-mail of the contact`,
}

export const RECORDS: Record<ImportKind, CustomKind> = {
  companies: 'company',
  people: 'person',
  deals: 'deal',
}

export function columnField(i18n: I18n, kind: ImportKind, field: string): string {
  const own = FIELDS[field]
  return own ? i18n._(own) : fieldName(i18n, field, RECORDS[kind])
}

/** How a record is told to be there already. */
export function keyWord(i18n: I18n, kind: ImportKind, by: string): string {
  return kind === 'deals' ? i18n._(msg`Title and company`) : columnField(i18n, kind, by)
}

/** Why a row was refused, in words that may need what the reason tells. */
const REASONS: Record<string, (told: string) => MessageDescriptor> = {
  cells: () => msg`The row has more cells than the header`,
  currency: (told) => msg`“${told}” is no currency: write its code, such as RUB`,
  date: (told) => msg`“${told}” is no date: write it like 31.12.2026`,
  digits: (told) => msg`“${told}” has more digits than money has`,
  domain: () => msg`A website looks like example.ru`,
  formula: () => msg`A cell begins with “=”: paste values, not formulas`,
  moment: (told) => msg`“${told}” is no time: write it like 31.12.2026 18:00`,
  'no-colleague': (told) => msg`“${told}” is nobody who works here`,
  'no-contact': (told) => msg`“${told}” is nobody known here`,
  'no-option': (names) => msg`There is no such choice, only: ${names}`,
  number: (told) => msg`“${told}” is no number: write it like 1234.56`,
  'several-colleagues': (told) => msg`“${told}” is several colleagues: write the e-mail`,
  'several-contacts': (told) => msg`“${told}” is several people: write an e-mail`,
  'whole-number': (told) => msg`“${told}” is no whole number`,
  'unknown-pipeline': (names) => msg`There is no such pipeline, only: ${names}`,
  'unknown-stage': (names) => msg`There is no such stage, only: ${names}`,
  'yes-or-no': (told) => msg`“${told}” is neither yes nor no`,
  'imports.several': () => msg`Several records have this value: it does not say which is meant`,
  'imports.none-there': () => msg`There is no record with this value to be updated`,
  'imports.looks-like': (told) => msg`It looks like “${told}”`,
  'consent-unread': (told) =>
    msg`“${told}” does not say what was agreed to. Write it like “Advertising · E-mail: given 2026-03-01 (form)”.`,
  'imports.no-key': () => msg`Nothing in the row says which record it is of`,
}

export function reasonText(i18n: I18n, why: Reason): string {
  const { told, names, owner_name: owner } = why.data as Record<string, unknown>
  const known = REASONS[why.code]
  const said = told ?? names
  if (known) return i18n._(known(typeof said === 'string' ? said : ''))
  if (why.code === 'customers.duplicate' && typeof owner === 'string') {
    return i18n._(msg`Such a record is there already, ${owner} has it`)
  }
  const field = why.field ?? ''
  return (
    codeText(i18n, why.code) ??
    fieldText(i18n, { field, code: why.code, message: why.message }, why.data)
  )
}

const CONFLICTS: Record<string, MessageDescriptor> = {
  'changed-since': msg`Changed by somebody since`,
  'in-use': msg`Others are linked to it: it cannot go`,
  merged: msg`It is a part of another record now`,
  removed: msg`It was removed already`,
  'not-found': msg`It is no more, or not within your reach`,
  forbidden: msg`Your roles do not let you change it`,
}

/** Why a record was left as it is when an import was taken back. */
export const conflictText = (i18n: I18n, { code }: UndoConflict): string => {
  const known = CONFLICTS[code]
  return known ? i18n._(known) : (codeText(i18n, code) ?? code)
}

/** Fields of which any is enough to bring in a row. */
const ENOUGH: Partial<Record<ImportKind, readonly string[]>> = {
  people: ['first_name', 'last_name'],
}

/** Whether a column is for what no record can do without. */
export const isReady = ({ kind, needed, columns }: FileImport): boolean =>
  columns.some(({ field }) => field && (field === needed || ENOUGH[kind]?.includes(field)))

/** Where in the way of a file this import is. */
export function stepOf(told: FileImport): number {
  if (told.state === 'new') return 1
  if (told.state === 'checking' || told.state === 'checked') return 2
  return told.state === 'running' || told.state === 'paused' ? 3 : 4
}
