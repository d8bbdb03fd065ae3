import { queryOptions } from '@tanstack/react-query'
import { roles } from '@/shared/api/generated/identity'
import { apiKeys, ipRules } from '@/shared/api/generated/integrations'

export const apiKeysQuery = () =>
  queryOptions({ queryKey: ['api-keys'], queryFn: ({ signal }) => apiKeys({ signal }) })

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

export const ipRulesQuery = () =>
  queryOptions({ queryKey: ['ip-rules'], queryFn: ({ signal }) => ipRules({ signal }) })
