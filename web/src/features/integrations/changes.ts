import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  changeApiKey,
  changeIpRules,
  makeApiKey,
  revokeApiKey,
} from '@/shared/api/generated/integrations'
import type { ApiKeyChange, ApiKeyDraft, IpRulesChange } from '@/shared/api/generated/model'
import { apiKeysQuery } from '@/shared/reference'
import { ipRulesQuery } from './queries'

function useAgain() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: apiKeysQuery().queryKey })
}

export function useMakeApiKey() {
  const again = useAgain()
  return useMutation({
    mutationFn: (draft: ApiKeyDraft) => makeApiKey(draft),
    onSuccess: again,
  })
}

export function useChangeApiKey() {
  const again = useAgain()
  return useMutation({
    mutationFn: (sent: { id: string; change: ApiKeyChange; once: RequestInit }) =>
      changeApiKey(sent.id, sent.change, sent.once),
    onSettled: again,
  })
}

export function useRevokeApiKey() {
  const again = useAgain()
  return useMutation({ mutationFn: (id: string) => revokeApiKey(id), onSettled: again })
}

export function useChangeIpRules() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: IpRulesChange) => changeIpRules(change),
    onSuccess: (told) => queries.setQueryData(ipRulesQuery().queryKey, told),
  })
}
