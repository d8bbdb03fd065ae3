import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  addCompanyField,
  addPersonField,
  becomeCompanyField,
  becomePersonField,
  changeCompanyField,
  changePersonField,
  companyValuesLeft,
  personValuesLeft,
  seeCompanyFieldBecome,
  seePersonFieldBecome,
  stopCompanyFieldBecoming,
  stopPersonFieldBecoming,
} from '@/shared/api/generated/customers'
import {
  addDealField,
  becomeDealField,
  changeDealField,
  dealValuesLeft,
  seeDealFieldBecome,
  stopDealFieldBecoming,
} from '@/shared/api/generated/sales'
import type { CustomKind } from '@/shared/custom-fields'
import { fieldsQuery } from '@/shared/reference'
import type {
  BecomeDraft,
  CustomField,
  CustomFieldChange,
  CustomFieldDraft,
  LeftBehind,
} from '@/shared/api/generated/model'

type Sent<V> = { values: V; once?: RequestInit }

function useChanging<V, R>(send: (values: V) => Promise<R>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['custom-fields'] }),
        queries.invalidateQueries({ queryKey: fieldsQuery().queryKey }),
      ]),
  })
}

const ADD = { deal: addDealField, company: addCompanyField, person: addPersonField }
const CHANGE = { deal: changeDealField, company: changeCompanyField, person: changePersonField }

export const useAddField = (kind: CustomKind) =>
  useChanging(({ values, once }: Sent<CustomFieldDraft>) => ADD[kind](values, once))

export const useChangeField = (kind: CustomKind) =>
  useChanging(({ id, values, once }: Sent<CustomFieldChange> & { id: string }) =>
    CHANGE[kind](id, values, once),
  )

const BECOME = { deal: becomeDealField, company: becomeCompanyField, person: becomePersonField }

/** What would become of the values of a field. */
export const seeBecome = {
  deal: seeDealFieldBecome,
  company: seeCompanyFieldBecome,
  person: seePersonFieldBecome,
}

export const useBecome = (kind: CustomKind) =>
  useChanging(({ id, values, once }: Sent<BecomeDraft> & { id: string }) =>
    BECOME[kind](id, values, once),
  )

const STOP = {
  deal: stopDealFieldBecoming,
  company: stopCompanyFieldBecoming,
  person: stopPersonFieldBecoming,
}

/** It keeps its type after all. */
export const useStopBecoming = (kind: CustomKind) => useChanging((id: string) => STOP[kind](id))

const LEFT = { deal: dealValuesLeft, company: companyValuesLeft, person: personValuesLeft }
/** What a spreadsheet would work out. */
const FORMULA = /^[=+\-@\t\r]/

/** The values that did not become those of the field, as a table that spreadsheets read. */
export async function leftBehind(field: CustomField): Promise<string> {
  const rows: LeftBehind[] = []
  let after: string | undefined
  do {
    const page = await LEFT[field.of as CustomKind](field.id, after ? { after } : {})
    rows.push(...page.items)
    after = page.next ?? undefined
  } while (after)
  const cell = (text: string) =>
    `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return (
    '\ufeff' + rows.map(({ id, name, value }) => [id, name, value].map(cell).join(';')).join('\r\n')
  )
}
