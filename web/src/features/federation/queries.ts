import { queryOptions } from '@tanstack/react-query'
import { provider, providers, scimTokens, tryProvider } from '@/shared/api/generated/federation'
import { roles, teams } from '@/shared/api/generated/identity'

export const providerKeys = {
  all: ['providers'] as const,
  list: ['providers', 'list'] as const,
  one: (id: string) => ['providers', 'one', id] as const,
  tokens: (id: string) => ['providers', 'tokens', id] as const,
  findings: (id: string) => ['providers', 'findings', id] as const,
}

export const providersQuery = () =>
  queryOptions({ queryKey: providerKeys.list, queryFn: ({ signal }) => providers({ signal }) })

export const providerQuery = (id: string) =>
  queryOptions({
    queryKey: providerKeys.one(id),
    queryFn: ({ signal }) => provider(id, { signal }),
  })

export const scimTokensQuery = (id: string) =>
  queryOptions({
    queryKey: providerKeys.tokens(id),
    queryFn: ({ signal }) => scimTokens(id, { signal }),
  })

/** A look at a provider, made when somebody asks for one. */
export const findingsQuery = (id: string) =>
  queryOptions({
    queryKey: providerKeys.findings(id),
    queryFn: ({ signal }) => tryProvider(id, { signal }),
    enabled: false,
  })

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

export const teamsQuery = () =>
  queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => teams({ signal }) })
