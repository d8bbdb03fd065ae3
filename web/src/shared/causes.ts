import { useLingui } from '@lingui/react/macro'
import { useQueries, useQuery } from '@tanstack/react-query'
import { viaText } from '@/shared/happened'
import { apiKeysQuery, ruleNameQuery, useMay } from '@/shared/reference'

/** What an entry tells of how it came about. */
export type Caused = { via: string; rule_id: string | null; key_id: string | null }

/** How entries came about, where not by a person's own hand; by which rule or key, if one may see it. */
export function useCauseText(entries: readonly Caused[]): (entry: Caused) => string | undefined {
  const { t, i18n } = useLingui()
  const maySeeRules = useMay('automation.rule', 'read')
  const maySeeKeys = useMay('integrations.key', 'read')
  const ids = [...new Set(entries.flatMap(({ rule_id }) => rule_id ?? []))]
  const rules = useQueries({
    queries: ids.map((id) => ({ ...ruleNameQuery(id), enabled: maySeeRules })),
  })
  const keys = useQuery({
    ...apiKeysQuery(),
    enabled: maySeeKeys && entries.some(({ key_id }) => key_id !== null),
  })
  return ({ via, rule_id, key_id }) => {
    const rule = rule_id !== null && rules[ids.indexOf(rule_id)]?.data
    if (rule) return t`by the rule “${rule}”`
    const key = key_id !== null && keys.data?.find(({ id }) => id === key_id)
    if (key) return t`with the API key “${key.name}”`
    return viaText(i18n, via)
  }
}
