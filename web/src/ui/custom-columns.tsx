import { useMemo } from 'react'
import type { CustomField } from '@/shared/api/generated/model'
import {
  isEmpty,
  isSorted,
  nameOf,
  useCustomFields,
  type CustomKind,
  type CustomValues,
} from '@/shared/custom-fields'
import type { GridColumn } from './data-grid/data-grid'
import { CustomValue } from './custom-value'
import { Shown } from './hidden'

type Row = { custom: CustomValues; hidden: string[] }

const NUMERIC = new Set<CustomField['type']>(['number', 'money', 'date', 'time'])

/** A column for each field that was added to records of a kind, for those who choose it. */
export function useCustomColumns<T extends Row>(kind: CustomKind): GridColumn<T>[] {
  const fields = useCustomFields(kind)
  return useMemo(
    () =>
      fields.map((field) => {
        const name = nameOf(field)
        return {
          id: name,
          header: field.name,
          width: 'minmax(124px,1fr)',
          numeric: NUMERIC.has(field.type),
          field: name,
          optional: true,
          ...(isSorted(field) && { sort: name }),
          cell: (row: T) => {
            const value = row.custom[field.key]
            return (
              <Shown of={row} field={name}>
                {isEmpty(value) ? '—' : <CustomValue field={field} value={value} />}
              </Shown>
            )
          },
        }
      }),
    [fields],
  )
}
