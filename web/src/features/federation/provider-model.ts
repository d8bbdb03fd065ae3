import type { Provider, ProviderDraft, ProviderKind } from '@/shared/api/generated/model'

/** A provider as its form holds it, and the way to and from the API's terms. */

export type MappingValues = { group: string; role_id: string | null; team_id: string | null }

export type ProviderValues = {
  kind: ProviderKind
  name: string
  issuer: string
  client_id: string
  client_secret: string
  metadata_url: string
  metadata: string
  domains: string[]
  believes_email: boolean
  creates_people: boolean
  role_id: string | null
  team_id: string | null
  groups_claim: string
  mapping: MappingValues[]
  trusts_second_factor: boolean
  enabled: boolean
}

export const EMPTY: ProviderValues = {
  kind: 'oidc',
  name: '',
  issuer: '',
  client_id: '',
  client_secret: '',
  metadata_url: '',
  metadata: '',
  domains: [],
  believes_email: false,
  creates_people: false,
  role_id: null,
  team_id: null,
  groups_claim: 'groups',
  mapping: [],
  trusts_second_factor: false,
  enabled: true,
}

export const valuesOf = (provider: Provider): ProviderValues => ({
  ...EMPTY,
  kind: provider.kind,
  name: provider.name,
  issuer: provider.kind === 'oidc' ? provider.issuer : '',
  client_id: provider.client_id ?? '',
  metadata_url: provider.metadata_url ?? '',
  domains: provider.domains,
  believes_email: provider.believes_email,
  creates_people: provider.creates_people,
  role_id: provider.role_id,
  team_id: provider.team_id,
  groups_claim: provider.groups_claim,
  mapping: provider.mapping,
  trusts_second_factor: provider.trusts_second_factor,
  enabled: provider.enabled,
})

/** What is sent; a secret or metadata that is left empty stays as it is. */
export function draftOf(values: ProviderValues): ProviderDraft {
  const { kind, issuer, client_id, client_secret, metadata_url, metadata, ...rest } = values
  const own =
    kind === 'oidc'
      ? { issuer, client_id, ...(client_secret && { client_secret }) }
      : { metadata_url: metadata_url || null, ...(metadata && { metadata }) }
  return { kind, ...rest, ...own }
}

export const newMapping = (): MappingValues => ({ group: '', role_id: null, team_id: null })

/** The form's name of a field the API refused: `mapping.1.role_id`. */
export const fieldOf = (field: string): string | undefined =>
  field.startsWith('mapping.') || field.startsWith('domains.')
    ? field.replace(/^domains\..*/, 'domains')
    : undefined
