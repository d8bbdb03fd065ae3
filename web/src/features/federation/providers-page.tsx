import { Button } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Provider } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { KINDS } from './kinds'
import { providersQuery } from './queries'
import './federation.css'

/** The identity providers of the company: by whom one may sign in. */
export function ProvidersPage() {
  const { t } = useLingui()
  const mayCreate = useMay('federation.provider', 'create')
  const { data: providers, error, refetch } = useQuery(providersQuery())
  const button = mayCreate && (
    <Button
      component={Link}
      to="/administration/providers/new"
      leftSection={<IconPlus size={16} />}
    >
      {t`New provider`}
    </Button>
  )
  return (
    <Page
      title={t`Identity providers`}
      hint={providers && <Plural value={providers.length} one="# provider" other="# providers" />}
      actions={button}
    >
      {error && !providers ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Section title={t`Corporate sign-in`}>
          {!providers ? (
            <ListSkeleton />
          ) : providers.length === 0 ? (
            <EmptyState
              icon={IconKey}
              title={t`Nobody signs in by a provider yet`}
              text={t`Connect Keycloak, Entra ID, AD FS or another one: colleagues then sign in with the company's own account.`}
              action={button}
            />
          ) : (
            <div>
              {providers.map((one) => (
                <ProviderRow key={one.id} provider={one} />
              ))}
            </div>
          )}
        </Section>
      )}
    </Page>
  )
}

function ProviderRow({ provider }: { provider: Provider }) {
  const { t } = useLingui()
  return (
    <div className="fp">
      <div className="fp-text">
        <Link to="/administration/providers/$id" params={{ id: provider.id }} className="g-link">
          {provider.name}
        </Link>
        <div className="fp-issuer">{provider.issuer}</div>
      </div>
      <div className="fp-tags">
        <Tag>{KINDS[provider.kind]}</Tag>
        {provider.enabled ? (
          <Tag tone="teal">{t`Switched on`}</Tag>
        ) : (
          <Tag tone="amber">{t`Switched off`}</Tag>
        )}
      </div>
    </div>
  )
}
