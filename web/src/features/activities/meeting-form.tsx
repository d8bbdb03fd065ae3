import {
  Chip,
  Group,
  MultiSelect,
  Pill,
  SegmentedControl,
  Select,
  Switch,
  TextInput,
  Textarea,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import type { MeetingState, Scope } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import type { Picker } from '@/shared/picked'
import { useColleagues } from '@/shared/reference'
import { MomentField, DateField } from '@/ui/date-field'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { useAddMeeting, useChangeMeeting } from './calendar-queries'
import type { Entry } from '@/ui/calendar/calendar-time'
import './activities.css'
import { changeOf, dayField, draftOf, initialOf, type MeetingValues } from './meeting-values'
import { MeetingVerbs } from './meeting-verbs'
import { useMeetingWords } from './meeting-words'

type Props = {
  entry?: Entry
  /** When it begins, of a new one. */
  at?: Dayjs
  DealPicker: Picker
  PersonPicker: Picker
  onDone: () => void
}

const PAGES = { deal: '/deals/$id', company: '/companies/$id', person: '/people/$id' } as const

/** Plans a meeting or a call, or changes it: of a series this one, those that follow, or all. */
export function MeetingForm({ entry, at, DealPicker, PersonPicker, onDone }: Props) {
  const { t } = useLingui()
  const words = useMeetingWords()
  const colleagues = useColleagues()
  const add = useAddMeeting()
  const change = useChangeMeeting()
  const meeting = entry?.meeting
  const [scope, setScope] = useState<Scope>('this')
  const [initial] = useState(() => initialOf(entry, at))
  const kept = useDraftForm<MeetingValues>({
    draft: `meeting.${entry?.key ?? `new.${at?.valueOf()}`}`,
    initial,
    ...(meeting && { version: meeting.version }),
    fields: { about: 'deal', 'about.id': 'deal', person_ids: 'people' },
    validate: (values) => ({
      ...(!values.title.trim() && { title: t`Say what it is about` }),
      ...(!values.begins_at && { begins_at: t`Say when it begins` }),
      ...(!values.ends_at && { ends_at: t`Say when it ends` }),
    }),
  })
  const { form, field, once, began, refuse, discard } = kept
  const { values } = form
  const which = meeting?.repeats ? { scope, occurrence: entry!.occurrence! } : {}
  const readOnly = meeting !== undefined && !meeting.editable

  function done(message: string) {
    discard()
    notifications.show({ message })
    onDone()
  }

  function save(sent: MeetingValues, state?: MeetingState) {
    const refused = { onError: (error: unknown) => refuse(error) }
    if (!meeting) {
      const onSuccess = () => done(t`It is in the calendar`)
      add.mutate({ draft: draftOf(sent), once: once() }, { onSuccess, ...refused })
      return
    }
    const changed = { ...changeOf(sent, initial, meeting), ...(state && { state }), ...which }
    const version = began ?? meeting.version
    change.mutate(
      { id: meeting.id, change: { ...changed, version }, once: once() },
      { onSuccess: () => done(t`The calendar is changed`), ...refused },
    )
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((sent) => (readOnly ? onDone() : save(sent)))}
      verb={readOnly ? t`Close` : meeting ? t`Save` : t`Add to the calendar`}
      busy={add.isPending || change.isPending}
      onCancel={onDone}
    >
      {meeting?.repeats && !readOnly && (
        <SegmentedControl
          aria-label={t`What is changed`}
          fullWidth
          value={scope}
          onChange={(next) => setScope(next as Scope)}
          data={words.scopes}
        />
      )}
      <fieldset className="mt-fields" disabled={readOnly}>
        <SegmentedControl
          aria-label={t`Kind`}
          data={words.kinds}
          value={values.kind}
          onChange={(kind) => form.setFieldValue('kind', kind as MeetingValues['kind'])}
        />
        <TextInput
          autoFocus
          data-autofocus
          label={t`What it is about`}
          withAsterisk
          maxLength={200}
          {...form.getInputProps('title')}
        />
        <Switch label={t`All day`} {...form.getInputProps('all_day', { type: 'checkbox' })} />
        <Group grow align="flex-start">
          {values.all_day ? (
            <>
              <DateField label={t`Begins`} {...dayField(field('begins_at'))} />
              <DateField label={t`Ends`} {...dayField(field('ends_at'))} />
            </>
          ) : (
            <>
              <MomentField label={t`Begins`} {...field('begins_at')} />
              <MomentField label={t`Ends`} {...field('ends_at')} />
            </>
          )}
        </Group>
        <Group grow align="flex-start">
          <Select
            label={t`Repeats`}
            allowDeselect={false}
            data={words.repeats}
            disabled={meeting?.repeats !== null && meeting !== undefined && scope === 'this'}
            {...form.getInputProps('repeats')}
          />
          {values.repeats !== 'never' && (
            <DateField label={t`Until`} placeholder={t`for ever`} {...field('until')} />
          )}
        </Group>
        {(values.repeats === 'week' || values.repeats === 'weeks') && (
          <Chip.Group multiple {...form.getInputProps('weekdays')}>
            <Group gap={4}>
              {words.weekdays.map((name, index) => (
                <Chip key={name} value={String(index)} size="xs">
                  {name}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
        <MultiSelect
          label={t`Colleagues`}
          searchable
          data={colleagues.map((user) => ({ value: user.id, label: user.name }))}
          {...form.getInputProps('colleague_ids')}
        />
        <PersonPicker
          label={t`Customers’ people`}
          value={null}
          error={field('people').error}
          onChange={(person) =>
            person &&
            !values.people.some(({ id }) => id === person.id) &&
            form.setFieldValue('people', [...values.people, person])
          }
        />
        {values.people.length > 0 && (
          <Pill.Group>
            {values.people.map((person) => (
              <Pill
                key={person.id}
                withRemoveButton={!readOnly}
                removeButtonProps={{ 'aria-label': t`Remove ${person.name}` }}
                onRemove={() =>
                  form.setFieldValue(
                    'people',
                    values.people.filter(({ id }) => id !== person.id),
                  )
                }
              >
                {person.name}
              </Pill>
            ))}
          </Pill.Group>
        )}
        <Offered right="activities.meeting.read" field="place">
          <TextInput label={t`Place`} maxLength={500} {...form.getInputProps('place')} />
        </Offered>
        {meeting?.about ? (
          <Link to={PAGES[meeting.about.kind]} params={{ id: meeting.about.id }} className="g-link">
            {meeting.about.name ?? t`A record that is not yours to see`}
          </Link>
        ) : (
          !meeting && <DealPicker label={t`For the deal`} {...field('deal')} />
        )}
        <MultiSelect
          label={t`Remind`}
          data={words.minutes(values.remind)}
          {...form.getInputProps('remind')}
        />
        <Offered right="activities.meeting.read" field="description">
          <Description {...form.getInputProps('description')} />
        </Offered>
        {meeting && (
          <Offered right="activities.meeting.read" field="result">
            <Textarea label={t`Outcome`} autosize minRows={1} {...form.getInputProps('result')} />
          </Offered>
        )}
      </fieldset>
      {meeting && !readOnly && (
        <MeetingVerbs
          meeting={meeting}
          which={which}
          onState={(state) => save(values, state)}
          onDeleted={() => {
            discard()
            onDone()
          }}
          onRefused={refuse}
        />
      )}
    </EntryForm>
  )
}
