import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { CustomField } from '@/shared/api/generated/model'
import {
  isEmpty,
  isOf,
  isWorkedOut,
  nameOf,
  useCustomFields,
  type CustomKind,
  type CustomValues,
} from '@/shared/custom-fields'
import type { RightName } from '@/shared/reference'
import { CustomInput } from './custom-input'
import { useEntryProblems } from './entry-problems'
import { Offered } from './form-parts'

type Props = {
  kind: CustomKind
  right: RightName
  values: CustomValues
  onChange: (values: CustomValues) => void
  /** By the names `custom.<key>`. */
  errors: { [name: string]: ReactNode }
  pipeline?: string | undefined
}

/** The fields that were added, in the form of a new record. */
export function CustomInputs({ kind, right, values, onChange, errors, pipeline }: Props) {
  const fields = useCustomFields(kind).filter(
    (field) => isOf(field, pipeline) && !isWorkedOut(field),
  )
  return fields.map((field) => (
    <Offered key={field.key} right={right} field={nameOf(field)}>
      <CustomInput
        field={field}
        value={field.key in values ? values[field.key] : field.default}
        onChange={(value) => onChange({ ...values, [field.key]: value })}
        error={errors[nameOf(field)]}
      />
    </Offered>
  ))
}

/** What is wrong with the values of a new record, by the names `custom.<key>`. */
export function useCustomProblems(): (
  fields: readonly CustomField[],
  values: CustomValues,
) => { [name: string]: string } {
  const { t } = useLingui()
  const problems = useEntryProblems()
  return (fields, values) => {
    const found: { [name: string]: string } = {}
    for (const field of fields) {
      const value = field.key in values ? values[field.key] : field.default
      const wrong = field.type === 'date' ? problems.day(value as string | null) : undefined
      if (field.required && isEmpty(value)) found[nameOf(field)] = t`Fill in “${field.name}”`
      else if (wrong) found[nameOf(field)] = wrong
    }
    return found
  }
}
