import './consents.css'
import { ActionIcon, Button, Modal, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconArchive, IconArchiveOff, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ConsentPurpose } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { purposeName, purposesQuery } from '@/shared/consents'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { usePurposeChanges } from './consent-queries'

const PurposeForm = lazy(() =>
  import('./purpose-form').then((part) => ({ default: part.PurposeForm })),
)

/** What people are asked to agree to, and in which words. */
export function PurposesPage() {
  const { t } = useLingui()
  const { data, error, isPending, refetch } = useQuery(purposesQuery())
  const [open, setOpen] = useState<{ purpose?: ConsentPurpose }>()
  const close = () => setOpen(undefined)
  return (
    <Page
      title={t`Consents`}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen({})}>
          {t({ message: 'New purpose', context: 'of consents' })}
        </Button>
      }
    >
      <div className="g-card">
        <Text size="sm" c="dimmed">
          {t`Each wording is kept: a consent points to the one the person has agreed to.`}
        </Text>
        {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
        {isPending && <ListSkeleton rows={4} />}
        <ul className="cn-list">
          {data?.map((purpose) => (
            <Row key={purpose.id} purpose={purpose} onEdit={() => setOpen({ purpose })} />
          ))}
        </ul>
      </div>
      {open && (
        <Modal
          opened
          onClose={close}
          size="lg"
          title={
            open.purpose
              ? t({ message: 'Purpose', context: 'of a consent' })
              : t({ message: 'New purpose', context: 'of consents' })
          }
        >
          <Suspense fallback={<ListSkeleton rows={4} />}>
            <PurposeForm purpose={open.purpose} onDone={close} />
          </Suspense>
        </Modal>
      )}
    </Page>
  )
}

type RowProps = { purpose: ConsentPurpose; onEdit: () => void }

function Row({ purpose, onEdit }: RowProps) {
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const { change } = usePurposeChanges()
  const { id, version, archived, wording } = purpose
  const name = purposeName(i18n, purpose)
  const filing = archived ? t`Use again: ${name}` : t`Archive: ${name}`
  const edit = t`Change: ${name}`
  const file = () =>
    change.mutate(
      { id, version, archived: !archived },
      {
        onError: (error) => notifications.show({ color: 'red', message: explain(error) }),
      },
    )
  return (
    <li className="cn-row">
      <div>
        <div className="cn-purpose">
          {name} {archived && <Tag tone="neutral">{t`Not offered`}</Tag>}
        </div>
        {purpose.about && <Text size="sm">{purpose.about}</Text>}
        <Text size="sm" c="dimmed">
          {purpose.by_channel ? t`By channel` : t`One consent for all of it`}
          {' · '}
          {wording > 0 ? t`wording ${wording}` : t`no wording yet`}
        </Text>
        {purpose.text && (
          <Text size="sm" c="dimmed" className="cn-text" lineClamp={3}>
            {purpose.text}
          </Text>
        )}
      </div>
      <div className="cn-acts">
        <ActionIcon variant="subtle" color="gray" aria-label={edit} title={edit} onClick={onEdit}>
          <IconPencil size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={filing}
          title={filing}
          loading={change.isPending}
          onClick={file}
        >
          {archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
        </ActionIcon>
      </div>
    </li>
  )
}
