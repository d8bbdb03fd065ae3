import { queryOptions } from '@tanstack/react-query'
import { roles } from '@/shared/api/generated/identity'
import { ipRules } from '@/shared/api/generated/integrations'

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

export const ipRulesQuery = () =>
  queryOptions({ queryKey: ['ip-rules'], queryFn: ({ signal }) => ipRules({ signal }) })
