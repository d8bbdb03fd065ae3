import { useMutation, useQueryClient } from '@tanstack/react-query'
import { addDealField, changeDealField } from '@/shared/api/generated/sales'
import type { CustomFieldChange, CustomFieldDraft } from '@/shared/api/generated/model'

type Sent<V> = { values: V; once?: RequestInit }

function useChanging<V, R>(send: (values: V) => Promise<R>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSettled: () => queries.invalidateQueries({ queryKey: ['custom-fields'] }),
  })
}

export const useAddField = () =>
  useChanging(({ values, once }: Sent<CustomFieldDraft>) => addDealField(values, once))

export const useChangeField = () =>
  useChanging(({ id, values, once }: Sent<CustomFieldChange> & { id: string }) =>
    changeDealField(id, values, once),
  )
