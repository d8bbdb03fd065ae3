import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { IpRulesForm } from './ip-rules-form'
import { ipRulesQuery, rolesQuery } from './queries'

/** From where people and programs may come. */
export function IpRulesPage() {
  const { t } = useLingui()
  const rules = useQuery(ipRulesQuery())
  const roles = useQuery(rolesQuery())
  const error = rules.error ?? roles.error
  return (
    <Page title={t`IP rules`}>
      <Section title={t`From where people and programs may come`}>
        {error && !(rules.data && roles.data) ? (
          <Failure error={error} onRetry={() => void rules.refetch()} />
        ) : rules.data && roles.data ? (
          <IpRulesForm key={rules.data.version} rules={rules.data} roles={roles.data} />
        ) : (
          <ListSkeleton />
        )}
      </Section>
    </Page>
  )
}
