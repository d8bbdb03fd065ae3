import { Button, Group, List, Stack, Text } from '@mantine/core'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { erasePerson, exportPerson } from '@/shared/api/generated/customers'
import type { Erasure, Person } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { saveFile } from '@/shared/lib/save-file'
import { useMay } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { Section } from '@/ui/page'
import { erasureQuery, personKeys } from './queries'

/** What each place is called where something was found; the module's own name for the others. */
const PLACES: Record<string, MessageDescriptor> = {
  'customers.person': msg`The person's record`,
  'customers.consent': msg`Consents`,
  'customers.data_key': msg`The key of encrypted fields`,
  'sales.deal': msg`Deals`,
  'sales.sealed_value': msg`Encrypted fields of deals`,
  'activities.note': msg`Notes`,
  'activities.task': msg`Tasks`,
  'communications.letter': msg`Letters`,
  'integrations.delivery': msg`Calls of webhooks`,
  'automation.effect': msg`Failed steps of rules`,
  personal: msg`Earlier values in the history`,
  addresses: msg`Addresses they acted from`,
  known: msg`Names shown in other places`,
  'customers.merge': msg`Records merged into this one`,
  answer: msg`Kept answers to programs`,
  parked: msg`Errors of parked events`,
  history: msg`That something was changed, when and by whom, without values`,
  analytics: msg`Numbers in reports, without names`,
  backups: msg`Backups made before, until you delete them`,
  sent: msg`Letters and calls that have left already`,
}

const DONE: Record<Erasure['found'][number]['done'], MessageDescriptor> = {
  erased: msg`erased`,
  anonymised: msg`without the name now`,
  kept: msg`kept`,
}

/** A person's own data on their request: told whole, or erased everywhere. */
export function PersonalData({ person }: { person: Person }) {
  const { t } = useLingui()
  const mayExport = useMay('customers.person', 'export')
  const mayErase = useMay('customers.person', 'erase')
  const [asked, setAsked] = useState(false)
  const erasure = useQuery(erasureQuery(person.id, mayErase && (asked || !!person.erased_at)))
  if (!mayExport && !mayErase) return null
  return (
    <Section title={t`Personal data`}>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t`For when the person asks what you know about them, or asks to be forgotten.`}
        </Text>
        <Group gap="xs">
          {mayExport && <Export person={person} />}
          {mayErase && !person.erased_at && (
            <Erase person={person} asked={asked} onAsked={() => setAsked(true)} />
          )}
        </Group>
        {erasure.data && <Outcome erasure={erasure.data} />}
      </Stack>
    </Section>
  )
}

function Export({ person }: { person: Person }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => exportPerson(person.id),
    onSuccess: (held) => saveFile(`${person.id}.json`, JSON.stringify(held, null, 2)),
    gcTime: 0,
  })
  return (
    <>
      <Button size="compact-sm" variant="default" loading={isPending} onClick={() => mutate()}>
        {t`Export everything`}
      </Button>
      {error && (
        <Text size="xs" c="var(--g-danger)" role="alert">
          {problemText(error)}
        </Text>
      )}
    </>
  )
}

type EraseProps = { person: Person; asked: boolean; onAsked: () => void }

function Erase({ person, asked, onAsked }: EraseProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [opened, setOpened] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => erasePerson(person.id),
    onSuccess: (erasure) => {
      setOpened(false)
      queries.setQueryData(personKeys.erasure(person.id), erasure)
      onAsked()
    },
  })
  const { name } = person
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        c="var(--g-danger)"
        disabled={asked}
        onClick={() => setOpened(true)}
      >
        {t`Erase the person…`}
      </Button>
      <Confirm
        opened={opened}
        title={t`Erase “${name}” everywhere?`}
        verb={t`Erase for ever`}
        busy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setOpened(false)}
      >
        {t`Name, phones, e-mails, document, notes and letters are gone for ever, and the name is taken out of deals and tasks. This cannot be undone.`}
        {error && (
          <Text component="span" display="block" size="xs" c="var(--g-danger)" role="alert">
            {problemText(error)}
          </Text>
        )}
      </Confirm>
    </>
  )
}

/** What was done, the same of several modules together; what stays comes last. */
function told({ found }: Erasure): Erasure['found'] {
  const lines = new Map<string, Erasure['found'][number]>()
  for (const one of found) {
    const place = one.place in PLACES ? one.place : (one.place.split('.')[1] ?? one.place)
    const key = `${place} ${one.done}`
    lines.set(key, { ...one, place, count: one.count + (lines.get(key)?.count ?? 0) })
  }
  return [...lines.values()].toSorted(
    (one, other) => Number(one.done === 'kept') - Number(other.done === 'kept'),
  )
}

function Outcome({ erasure }: { erasure: Erasure }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  if (!erasure.done_at) return <Text size="sm" role="status">{t`Being erased…`}</Text>
  const when = format.moment(erasure.done_at)
  return (
    <>
      <Text size="sm">{t`Erased on ${when}:`}</Text>
      <List size="sm">
        {told(erasure).map(({ place, done, count }) => {
          const known = PLACES[place]
          return (
            <List.Item key={`${place} ${done}`}>
              {known ? i18n._(known) : place}
              {count > 0 && ` (${format.number(count)})`}: {i18n._(DONE[done])}
            </List.Item>
          )
        })}
      </List>
    </>
  )
}
