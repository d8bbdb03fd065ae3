import { Button } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconPlus, IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiKey } from '@/shared/api/generated/model'
import { apiKeysQuery, useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { useNow } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { KeyDialog } from './key-dialog'
import { KeyRow } from './key-row'
import { standingOf } from './key-standing'
import './integrations.css'

/** The keys by which programs come in, with what each may and for how long. */
export function KeysPage() {
  const { t } = useLingui()
  const mayCreate = useMay('integrations.key', 'create')
  const { data: keys, error, refetch } = useQuery(apiKeysQuery())
  const clock = useNow()
  const [open, setOpen] = useState<ApiKey | 'new'>()
  const button = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
      {t`New key`}
    </Button>
  )
  const over = keys?.filter((key) => standingOf(key, clock) === 'over') ?? []
  const live = keys?.filter((key) => !over.includes(key)) ?? []
  return (
    <Page
      title={t`API keys`}
      hint={keys && <Plural value={live.length} one="# key" other="# keys" />}
      actions={button}
    >
      {error && !keys ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Section title={t`Keys of programs`}>
          {!keys ? (
            <ListSkeleton />
          ) : live.length === 0 ? (
            <EmptyState
              icon={IconPlugConnected}
              title={t`No program comes with a key yet`}
              text={t`A key lets a program use the API in your name, with the rights of the roles you choose and never with more than yours.`}
              action={button}
            />
          ) : (
            <ul className="ik">
              {live.map((key) => (
                <KeyRow key={key.id} apiKey={key} onEdit={() => setOpen(key)} />
              ))}
            </ul>
          )}
        </Section>
      )}
      {over.length > 0 && (
        <Section title={t`Over`}>
          <ul className="ik">
            {over.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </ul>
        </Section>
      )}
      {open && (
        <KeyDialog {...(open !== 'new' && { apiKey: open })} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  )
}
