import { queryOptions, useQuery } from '@tanstack/react-query'
import type { CustomField } from '@/shared/api/generated/model'
import { dealFields } from '@/shared/api/generated/sales'
import { nameAdded } from '@/shared/i18n/fields'

/** The name by which rights, history and refusals call the field. */
export const nameOf = (field: CustomField) => `custom.${field.key}`

/** The kinds of records that can be given fields of one's own. */
export type CustomKind = 'deal'

const READ = { deal: dealFields }

/** All of a kind in their order, those put away included. */
export const customFieldsQuery = (of: CustomKind) =>
  queryOptions({
    queryKey: ['custom-fields', of],
    queryFn: async ({ signal }) => {
      const fields = await READ[of]({ signal })
      for (const field of fields) nameAdded(nameOf(field), field.name)
      return fields
    },
    staleTime: 60_000,
  })

const NO_FIELDS: CustomField[] = []

/** Those in use. */
export function useCustomFields(of: CustomKind): CustomField[] {
  const { data } = useQuery({
    ...customFieldsQuery(of),
    select: (fields) => fields.filter((field) => !field.archived),
  })
  return data ?? NO_FIELDS
}

/** Field by key → value; what is not there is empty. */
export type CustomValues = { [key: string]: unknown }

export const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)

/** All of a kind, for words: those put away included. */
export const useEveryCustomField = (of: CustomKind): CustomField[] =>
  useQuery(customFieldsQuery(of)).data ?? NO_FIELDS
