import { Button, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Provider } from '@/shared/api/generated/model'
import { dropDraft, readDraft } from '@/shared/lib/draft'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { BackTo } from '@/ui/back-to'
import { Confirm } from '@/ui/confirm'
import { Facts } from '@/ui/facts'
import { Failure, NoRights } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { RecordSkeleton } from '@/ui/skeletons'
import { useAddProvider, useChangeProvider, useRemoveProvider } from './changes'
import { Copied } from '@/ui/copied'
import { Findings } from './findings'
import { ProviderForm } from './provider-form'
import { draftOf, EMPTY, valuesOf } from './provider-model'
import { providerQuery } from './queries'
import { ScimTokens } from './scim-tokens'

const LIST = '/administration/providers'

/** A new provider. */
export function NewProviderPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const add = useAddProvider()
  const mayCreate = useMay('federation.provider', 'create')
  return (
    <Page title={t`New provider`}>
      {!mayCreate ? (
        <NoRights back={<BackTo to={LIST}>{t`All providers`}</BackTo>} />
      ) : (
        <ProviderForm
          draft="provider.new"
          initial={EMPTY}
          verb={t`Add provider`}
          busy={add.isPending}
          onCancel={() => void navigate({ to: LIST })}
          onSave={async (values, once) => {
            const made = await add.mutateAsync({ draft: draftOf(values), once })
            notifications.show({
              message: t`The provider is added. Tell it our addresses, then test it.`,
            })
            await navigate({ to: '/administration/providers/$id', params: { id: made.id } })
          }}
        />
      )}
    </Page>
  )
}

/** One provider: what it is told, whether it works, and how it is set up. */
export function ProviderPage({ id }: { id: string }) {
  const { t } = useLingui()
  const { data: provider, error, refetch } = useQuery(providerQuery(id))
  if (!provider) {
    return (
      <Page title={t`Provider`}>
        {error ? (
          <Failure
            error={error}
            onRetry={() => void refetch()}
            back={<BackTo to={LIST}>{t`All providers`}</BackTo>}
          />
        ) : (
          <RecordSkeleton />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={provider.name}
      hint={provider.enabled ? t`switched on` : t`switched off`}
      actions={<Remove provider={provider} />}
    >
      <div className="g-split">
        <Edited provider={provider} />
        <div className="g-column">
          <OurSide provider={provider} />
          <Findings id={id} />
          <ScimTokens provider={provider} />
        </div>
      </div>
    </Page>
  )
}

/** The form of a provider: it follows what others save until one begins to change it oneself. */
function Edited({ provider }: { provider: Provider }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const change = useChangeProvider()
  const draft = `provider.${provider.id}`
  const [shown, setShown] = useState(provider.version)
  if (provider.version !== shown && readDraft(draft) === undefined) setShown(provider.version)
  return (
    <ProviderForm
      key={shown}
      draft={draft}
      initial={valuesOf(provider)}
      version={provider.version}
      hasSecret={provider.has_secret}
      verb={t`Save`}
      busy={change.isPending}
      onCancel={() => {
        dropDraft(draft)
        void navigate({ to: LIST })
      }}
      onSave={async (values, once, began = provider.version) => {
        const { kind: _, ...sent } = draftOf(values)
        await change.mutateAsync({ id: provider.id, change: { ...sent, version: began }, once })
        notifications.show({ message: t`The provider is saved` })
      }}
    />
  )
}

/** What has to be entered at the provider. */
function OurSide({ provider }: { provider: Provider }) {
  const { t } = useLingui()
  const { redirect_uri, logout_uri, signed_out_uri, entity_id, acs_url, slo_url } = provider.ours
  const facts = [
    { label: t`Redirect URI`, value: redirect_uri },
    { label: t`Back-channel logout URI`, value: logout_uri },
    { label: t`Redirect URI after signing out`, value: signed_out_uri },
    { label: t`Entity ID (metadata)`, value: entity_id },
    { label: t`Reply URL (ACS)`, value: acs_url },
    { label: t`Single logout URL (SLO)`, value: slo_url },
  ].flatMap(({ label, value }) => (value ? [{ label, value: <Copied text={value} /> }] : []))
  return (
    <Section title={t`Enter at the provider`}>
      <Facts facts={facts} />
    </Section>
  )
}

function Remove({ provider }: { provider: Provider }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const remove = useRemoveProvider()
  const [asked, setAsked] = useState(false)
  const mayEdit = useMay('federation.provider', 'edit')
  if (!mayEdit) return null
  const { name } = provider
  return (
    <Group>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t`Remove`}
      </Button>
      <Confirm
        opened={asked}
        title={t`Remove the provider?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          remove.mutate(provider.id, {
            onSuccess: () => void navigate({ to: LIST }),
            onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
          })
        }
      >
        <Text span size="sm">
          {t`Nobody can sign in by “${name}” any more. Accounts and their work stay.`}
        </Text>
      </Confirm>
    </Group>
  )
}
