import { lazy, Suspense } from 'react'
import type { SentFile } from '@/shared/api/generated/model'
import {
  isEmpty,
  isOf,
  isWorkedOut,
  nameOf,
  useCustomFields,
  type CustomKind,
  type CustomValues,
} from '@/shared/custom-fields'
import { useExplain } from '@/shared/changes'
import { companySealed, personSealed } from '@/shared/api/generated/customers'
import { dealSealed } from '@/shared/api/generated/sales'
import { useEntryProblems } from './entry-problems'
import { Editable } from './editable'
import { CustomInput } from './custom-input'
import { CustomValue } from './custom-value'
import type { Fact } from './facts'
import { SealedText } from './sealed-text'

const READ = { deal: dealSealed, company: companySealed, person: personSealed }
/** Characters of a value that is kept encrypted. */
const LONGEST = 2000

const FilesFact = lazy(() => import('./files/files-fact'))

type Shown = {
  kind: CustomKind
  record: { id: string; version: number; custom: CustomValues }
  /** Fields nobody lets be written by the reader. */
  withheld: readonly string[]
  disabled: boolean
  save: (custom: CustomValues, version: number) => Promise<unknown>
  pipeline?: string
}

/** What is known of a record by the fields that were added, each changed in its place. */
export function useCustomFacts(told: Shown): Fact[] {
  const { kind, record, withheld, disabled, save, pipeline } = told
  const fields = useCustomFields(kind).filter((field) => isOf(field, pipeline))
  const explain = useExplain()
  const problems = useEntryProblems()
  return fields.map((field) => {
    const name = nameOf(field)
    const value: unknown = record.custom[field.key] ?? null
    if (field.type === 'file') {
      const closed = disabled || withheld.includes(name)
      return {
        label: field.name,
        field: name,
        value: (
          <Suspense>
            <FilesFact
              field={field}
              files={(value as SentFile[] | null) ?? []}
              disabled={closed}
              save={(files) => save({ [field.key]: files }, record.version)}
            />
          </Suspense>
        ),
      }
    }
    if (field.type === 'sealed') {
      const sealed = (
        <SealedText
          label={field.name}
          has={!isEmpty(value)}
          version={record.version}
          maxLength={LONGEST}
          read={async () => (await READ[kind](record.id, field.key)).value}
          save={(told, version) => save({ [field.key]: told }, version)}
          explain={explain}
          disabled={disabled || withheld.includes(name)}
        />
      )
      return { label: field.name, field: name, value: sealed }
    }
    return {
      label: field.name,
      field: name,
      value: (
        <Editable
          explain={explain}
          name={`${kind}.${record.id}.${name}`}
          label={field.name}
          disabled={disabled || withheld.includes(name) || isWorkedOut(field)}
          version={record.version}
          multiline={field.type === 'text'}
          value={value}
          empty={isEmpty(value)}
          check={(told) =>
            field.type === 'date' ? problems.day(told as string | null) : undefined
          }
          onSave={(told, version) => save({ [field.key]: told }, version)}
          editor={(props) => (
            <CustomInput
              bare
              autoFocus
              field={field}
              value={props.value}
              onChange={props.onChange}
              onPick={props.save}
              onBlur={props.leave}
            />
          )}
        >
          {!isEmpty(value) && <CustomValue field={field} value={value} plain />}
        </Editable>
      ),
    }
  })
}
