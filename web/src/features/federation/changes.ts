import { useMutation, useQueryClient } from '@tanstack/react-query'
import { addProvider, changeProvider, removeProvider } from '@/shared/api/generated/federation'
import type { Provider, ProviderChange, ProviderDraft } from '@/shared/api/generated/model'
import { providerKeys } from './queries'

export function useAddProvider() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: ProviderDraft; once: RequestInit }) =>
      addProvider(sent.draft, sent.once),
    onSuccess: () => queries.invalidateQueries({ queryKey: providerKeys.list }),
  })
}

export function useChangeProvider() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { id: string; change: ProviderChange; once?: RequestInit }) =>
      changeProvider(sent.id, sent.change, sent.once),
    onSuccess: (provider) => {
      queries.setQueryData(providerKeys.one(provider.id), provider)
      queries.setQueryData<Provider[]>(providerKeys.list, (all) =>
        all?.map((other) => (other.id === provider.id ? provider : other)),
      )
      queries.removeQueries({ queryKey: providerKeys.findings(provider.id) })
    },
    onError: () => queries.invalidateQueries({ queryKey: providerKeys.all }),
  })
}

export function useRemoveProvider() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => removeProvider(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: providerKeys.list }),
  })
}
