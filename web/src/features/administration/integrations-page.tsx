import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { mailServer } from '@/shared/api/generated/communications'
import { useMay } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { MAIL_SERVER, MailServerForm } from './mail-server-form'
import { WebhookTrial } from './webhook-trial'

/** What leaves Gausdo, and by which way: each with its settings, and a way to try it. */
export function IntegrationsPage() {
  const { t } = useLingui()
  const mayMail = useMay('communications.mail', 'read')
  const mayCall = useMay('integrations.webhook', 'edit')
  return (
    <Page title={t`Integrations`}>
      {mayMail && <Mail />}
      {mayCall && <WebhookTrial />}
    </Page>
  )
}

function Mail() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery({
    queryKey: MAIL_SERVER,
    queryFn: ({ signal }) => mailServer({ signal }),
  })
  return (
    <Section title={t`Mail server`}>
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <MailServerForm key={data.version} server={data} />
      ) : (
        <ListSkeleton />
      )}
    </Section>
  )
}
