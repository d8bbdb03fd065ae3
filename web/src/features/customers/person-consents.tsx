import './consents.css'
import { Button, Group, Modal, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ConsentPurpose, ConsentState, Person } from '@/shared/api/generated/model'
import { channelName, inOrder, purposeName, purposesQuery } from '@/shared/consents'
import { useFormat } from '@/shared/i18n/format'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag, type Tone } from '@/ui/tag'
import { consentsQuery } from './consent-queries'

const ConsentForm = lazy(() =>
  import('./consent-form').then((part) => ({ default: part.ConsentForm })),
)
const ConsentHistory = lazy(() =>
  import('./consent-history').then((part) => ({
    default: part.ConsentHistory,
  })),
)

/** What a person has agreed to, by purpose and channel; each entry is kept, and none is changed. */
export function PersonConsents({ person }: { person: Person }) {
  return person.hidden.includes('consents') || person.erased_at ? null : <Shown person={person} />
}

function Shown({ person }: { person: Person }) {
  const { t } = useLingui()
  const consents = useQuery(consentsQuery(person))
  const { data: purposes = [] } = useQuery(purposesQuery())
  const [open, setOpen] = useState<'form' | 'history'>()
  const close = () => setOpen(undefined)
  const states = consents.data?.states ?? []
  const told = purposes.filter(
    ({ id, archived }) => !archived || states.some(({ purpose_id }) => purpose_id === id),
  )
  return (
    <Section
      title={t`Consents`}
      actions={
        <Group gap="xs">
          {states.length > 0 && (
            <Button size="compact-sm" variant="subtle" onClick={() => setOpen('history')}>
              {t({ message: 'All entries', context: 'of consents' })}
            </Button>
          )}
          {consents.data?.editable && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setOpen('form')}
            >
              {t({ message: 'Record…', context: 'a consent' })}
            </Button>
          )}
        </Group>
      }
    >
      {consents.error && !consents.data && (
        <Failure error={consents.error} onRetry={() => void consents.refetch()} />
      )}
      {consents.isPending && <ListSkeleton rows={2} />}
      {consents.data && (
        <ul className="cn-list">
          {told.map((purpose) => (
            <Purpose
              key={purpose.id}
              purpose={purpose}
              states={states.filter(({ purpose_id }) => purpose_id === purpose.id)}
            />
          ))}
        </ul>
      )}
      {open && (
        <Modal
          opened
          onClose={close}
          size="lg"
          title={
            open === 'form'
              ? t`What the person has said`
              : t`What the person has agreed to and withdrawn`
          }
        >
          <Suspense fallback={<ListSkeleton rows={5} />}>
            {open === 'form' ? (
              <ConsentForm person={person} purposes={purposes} onDone={close} />
            ) : (
              <ConsentHistory person={person} purposes={purposes} />
            )}
          </Suspense>
        </Modal>
      )}
    </Section>
  )
}

const TONES: Record<ConsentState['standing'], Tone> = {
  given: 'teal',
  withdrawn: 'red',
  expired: 'amber',
}

type PurposeProps = {
  purpose: ConsentPurpose
  states: readonly ConsentState[]
}

function Purpose({ purpose, states }: PurposeProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const words: Record<ConsentState['standing'], string> = {
    given: t({ message: 'Given', context: 'consent' }),
    withdrawn: t({ message: 'Withdrawn', context: 'consent' }),
    expired: t({ message: 'Over', context: 'consent' }),
  }
  return (
    <li>
      <div className="cn-purpose">{purposeName(i18n, purpose)}</div>
      {states.length === 0 && (
        <Text size="sm" c="dimmed">
          {t({ message: 'Nothing is known', context: 'of a consent' })}
        </Text>
      )}
      <ul className="cn-states">
        {states.toSorted(inOrder).map(({ channel, standing, since, until, wording }) => {
          const from = format.date(since)
          const last = until && format.date(until)
          return (
            <li key={channel}>
              {channel !== 'any' && (
                <span className="cn-channel">{channelName(i18n, channel)}</span>
              )}
              <Tag tone={TONES[standing]}>{words[standing]}</Tag>
              <Text span size="sm" c="dimmed">
                {last ? t`from ${from} until ${last}` : t`from ${from}`}
                {standing === 'given' && wording < purpose.wording && (
                  <>{` · ${t`to an earlier wording`}`}</>
                )}
              </Text>
            </li>
          )
        })}
      </ul>
    </li>
  )
}
