import {
  Checkbox,
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import dayjs from 'dayjs'
import type {
  Channel,
  ConsentPurpose,
  ConsentSource,
  Person,
  SentFile,
} from '@/shared/api/generated/model'
import { CHANNELS, channelName, purposeName } from '@/shared/consents'
import { useDraftForm } from '@/shared/lib/form'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { EntryForm } from '@/ui/form-parts'
import { useSayConsent } from './consent-queries'
import { ProofFile } from './proof-file'
import { SOURCES } from './consent-words'

type Props = {
  person: Person
  purposes: readonly ConsentPurpose[]
  onDone: () => void
}

/** Records that somebody agrees, or agrees no more, and by what that is proved. */
export function ConsentForm({ person, purposes, onDone }: Props) {
  const { t, i18n } = useLingui()
  const say = useSayConsent(person)
  const problems = useEntryProblems()
  const today = dayjs().format('YYYY-MM-DD')
  const kept = useDraftForm({
    draft: `consent.${person.id}`,
    initial: {
      given: 'yes',
      purpose_id: purposes.find(({ archived }) => !archived)?.id ?? '',
      channels: [] as string[],
      at: today as string | null,
      until: null as string | null,
      source: 'form' as string,
      proof_text: '',
      proof_link: '',
      proof_ip: '',
      proof_file: null as SentFile | null,
    },
    fields: { proof_file_id: 'proof_file' },
    validate: ({ channels, at, until, purpose_id }) => ({
      purpose_id: purpose_id ? null : t`Choose a purpose`,
      channels:
        isByChannel(purpose_id) && channels.length === 0 ? t`Choose at least one channel` : null,
      at: at ? problems.day(at) : t`Name the day`,
      until: problems.day(until),
    }),
  })
  const { form, field, once, refuse, discard } = kept
  const { given, purpose_id, source } = form.values
  const gives = given === 'yes'
  const offered = purposes.filter(({ archived }) => !gives || !archived)
  const purpose = purposes.find(({ id }) => id === purpose_id)

  function isByChannel(id: string): boolean {
    return purposes.find((one) => one.id === id)?.by_channel ?? false
  }

  async function send(values: typeof form.values) {
    const { at, until } = values
    const told = {
      purpose_id: values.purpose_id,
      channels: isByChannel(values.purpose_id) ? (values.channels as Channel[]) : [],
      // what is said today is said now: it comes after what was said this morning
      at: at && at !== today ? dayjs(at).toISOString() : null,
      source: values.source as ConsentSource,
      proof_text: values.proof_text.trim() || null,
      proof_link: values.proof_link.trim() || null,
      proof_ip: (values.source === 'form' && values.proof_ip.trim()) || null,
      proof_file_id: values.proof_file?.id ?? null,
    }
    try {
      const said = gives
        ? ({ ...told, given: true, until } as const)
        : ({ ...told, given: false } as const)
      await say.mutateAsync({ said, once: once() })
      discard()
      notifications.show({ message: t`It is recorded` })
      onDone()
    } catch (error) {
      refuse(error)
    }
  }
  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={t({ message: 'Record', context: 'a consent' })}
      busy={say.isPending}
      onCancel={onDone}
    >
      <SegmentedControl
        aria-label={t`What the person has said`}
        data={[
          { value: 'yes', label: t({ message: 'Agrees', context: 'consent' }) },
          {
            value: 'no',
            label: t({ message: 'Withdraws or refuses', context: 'consent' }),
          },
        ]}
        {...form.getInputProps('given')}
      />
      <Select
        label={t({ message: 'Purpose', context: 'of a consent' })}
        withAsterisk
        allowDeselect={false}
        data={offered.map((one) => ({
          value: one.id,
          label: purposeName(i18n, one),
        }))}
        {...form.getInputProps('purpose_id')}
      />
      {gives && purpose?.text && (
        <Text size="sm" c="dimmed" className="cn-text" lineClamp={6}>
          {purpose.text}
        </Text>
      )}
      {purpose?.by_channel && (
        <Checkbox.Group label={t`Channels`} withAsterisk {...form.getInputProps('channels')}>
          <Group gap="md" mt={4}>
            {CHANNELS.map((channel) => (
              <Checkbox key={channel} value={channel} label={channelName(i18n, channel)} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <DateField
          label={t({ message: 'Said on', context: 'consent' })}
          value={form.values.at}
          error={form.errors['at']}
          onChange={(day) => form.setFieldValue('at', day)}
        />
        {gives && (
          <DateField
            label={t`Good until`}
            value={form.values.until}
            error={form.errors['until']}
            onChange={(day) => form.setFieldValue('until', day)}
          />
        )}
      </SimpleGrid>
      <Select
        label={t({ message: 'How', context: 'source of a consent' })}
        allowDeselect={false}
        data={Object.entries(SOURCES).map(([value, words]) => ({
          value,
          label: i18n._(words),
        }))}
        {...form.getInputProps('source')}
      />
      <Textarea
        label={t`Proof in words`}
        description={t`What was said, the number of a paper, where the recording of the call is`}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4000}
        {...form.getInputProps('proof_text')}
      />
      <TextInput
        label={t`Link to the proof`}
        type="url"
        placeholder="https://"
        maxLength={500}
        {...form.getInputProps('proof_link')}
      />
      <ProofFile {...field('proof_file')} />
      {source === 'form' && (
        <TextInput
          label={t`Address of the sender (IP)`}
          maxLength={45}
          {...form.getInputProps('proof_ip')}
        />
      )}
    </EntryForm>
  )
}
