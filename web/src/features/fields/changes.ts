import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  addCompanyField,
  addPersonField,
  changeCompanyField,
  changePersonField,
} from '@/shared/api/generated/customers'
import { addDealField, changeDealField } from '@/shared/api/generated/sales'
import type { CustomKind } from '@/shared/custom-fields'
import { fieldsQuery } from '@/shared/reference'
import type { CustomFieldChange, CustomFieldDraft } from '@/shared/api/generated/model'

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
