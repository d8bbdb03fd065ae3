import type { ProviderKind } from '@/shared/api/generated/model'

/** The names of the protocols: the same in every language. */
export const KINDS: Record<ProviderKind, string> = { oidc: 'OpenID Connect', saml: 'SAML 2.0' }
