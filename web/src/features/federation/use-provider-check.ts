import { useLingui } from '@lingui/react/macro'
import type { FormErrors } from '@mantine/form'
import type { ProviderValues } from './provider-model'

/** What a provider's form finds wrong before it is sent. */
export function useProviderCheck(isNew: boolean) {
  const { t } = useLingui()
  return (values: ProviderValues): FormErrors => {
    const errors: FormErrors = {}
    const need = (name: 'name' | 'issuer' | 'client_id') => {
      if (!values[name].trim()) errors[name] = t`Fill in this field`
    }
    need('name')
    if (values.kind === 'oidc') {
      need('issuer')
      need('client_id')
    } else if (isNew && !values.metadata_url.trim() && !values.metadata.trim()) {
      errors['metadata_url'] = t`Give the address of its metadata, or the metadata itself`
    }
    if (values.domains.length === 0) errors['domains'] = t`Name at least one domain`
    for (const [index, { group, role_id, team_id }] of values.mapping.entries()) {
      if (!group.trim()) errors[`mapping.${index}.group`] = t`Fill in this field`
      else if (!role_id && !team_id) {
        errors[`mapping.${index}.role_id`] = t`Choose a role or a team`
      }
    }
    return errors
  }
}
