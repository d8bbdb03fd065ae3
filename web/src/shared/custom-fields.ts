import { queryOptions, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback } from 'react'
import { companyFields, personFields } from '@/shared/api/generated/customers'
import type { CustomField } from '@/shared/api/generated/model'
import { dealFields } from '@/shared/api/generated/sales'
import { may, useMe, type RightsObject } from '@/shared/reference'
import { nameAdded } from '@/shared/i18n/fields'

/** The name by which rights, history and refusals call the field. */
export const nameOf = (field: CustomField) => `custom.${field.key}`

/** The kinds of records that can be given fields of one's own. */
export const CUSTOM_KINDS = ['deal', 'company', 'person'] as const
export type CustomKind = (typeof CUSTOM_KINDS)[number]

const READ = { deal: dealFields, company: companyFields, person: personFields }
const OBJECTS: Record<CustomKind, RightsObject> = {
  deal: 'sales.deal',
  company: 'customers.company',
  person: 'customers.person',
}

/** The kind that rights call so. */
export const kindOf = (object: string): CustomKind | undefined =>
  CUSTOM_KINDS.find((kind) => OBJECTS[kind] === object)

/** All of a kind in their order, those put away included. */
export const customFieldsQuery = (of: CustomKind) =>
  queryOptions({
    queryKey: ['custom-fields', of],
    queryFn: async ({ signal }) => {
      const fields = await READ[of]({ signal })
      for (const field of fields) nameAdded(of, nameOf(field), field.name)
      return fields
    },
    staleTime: 60_000,
  })

/** Whether it is made of other values, and filled in by nobody. */
export const isWorkedOut = (field: CustomField) => field.formula !== null || !!field.roll_up

/** Whether one value can be told for many records: not what is worked out, files, nor secrets. */
export const isToldForMany = (field: CustomField) =>
  !isWorkedOut(field) && field.type !== 'file' && field.type !== 'sealed'

const SORTED = new Set<CustomField['type']>(['text', 'number', 'money', 'date', 'time'])

/** Whether lists can be sorted by it. */
export const isSorted = (field: CustomField) => field.indexed && SORTED.has(field.type)

/** Whether deals of a pipeline have it. */
export const isOf = (field: CustomField, pipeline: string | undefined) =>
  field.pipeline_ids.length === 0 || (!!pipeline && field.pipeline_ids.includes(pipeline))

const NO_FIELDS: CustomField[] = []

const inUse = (fields: CustomField[]) => fields.filter((field) => !field.archived)

/** Those in use; none of records that no fields are added to. */
export function useCustomFields(of: CustomKind | 'task' | undefined): CustomField[] {
  const kind = of === 'task' ? undefined : of
  const asked = { ...customFieldsQuery(kind ?? 'deal'), select: inUse, enabled: kind !== undefined }
  const { data } = useQuery(asked)
  return (kind && data) ?? NO_FIELDS
}

/** The field by whose name it is known of what record the ids of a link are. */
export const NAMED_AS = { company: 'company_id', person: 'contact_id', deal: 'deal_id' } as const

/** Field by key → value; what is not there is empty. */
export type CustomValues = { [key: string]: unknown }

export const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)

const ofEach = (found: UseQueryResult<CustomField[]>[]) =>
  found.map(({ data }) => data ?? NO_FIELDS)

/** The field of a kind that is called so, for words: also one that was put away. */
export function useAddedField(): (
  kind: string | undefined,
  name: string,
) => CustomField | undefined {
  const me = useMe()
  const known = useQueries({
    queries: CUSTOM_KINDS.map((kind) => ({
      ...customFieldsQuery(kind),
      enabled: may(me, OBJECTS[kind], 'read'),
    })),
    combine: ofEach,
  })
  return useCallback(
    (kind, name) =>
      known[CUSTOM_KINDS.findIndex((one) => one === kind)]?.find((one) => nameOf(one) === name),
    [known],
  )
}

/** The values of these fields alone. */
export const valuesOf = (fields: readonly CustomField[], values: CustomValues): CustomValues =>
  Object.fromEntries(
    fields.flatMap(({ key }) => (key in values ? [[key, values[key]] as const] : [])),
  )
