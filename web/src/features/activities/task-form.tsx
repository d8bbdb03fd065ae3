import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { TaskDraft } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { given } from '@/shared/lib/list'
import type { Picked, Picker } from '@/shared/picked'
import { MomentField } from '@/ui/date-field'
import { useNow } from '@/ui/relative-time'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { useAddTask } from './changes'

type Props = { deal?: Picked; DealPicker: Picker; onDone: () => void }

const HOUR = 3_600_000

/** The usual due times: soon, tomorrow morning, in a week. */
function usual(now: number): { soon: string; tomorrow: string; week: string } {
  const morning = (days: number) => {
    const at = new Date(now)
    at.setDate(at.getDate() + days)
    at.setHours(10, 0, 0, 0)
    return at.toISOString()
  }
  const soon = new Date(now + 2 * HOUR).toISOString()
  return { soon, tomorrow: morning(1), week: morning(7) }
}

export function TaskForm({ deal, DealPicker, onDone }: Props) {
  const { t } = useLingui()
  const add = useAddTask()
  const initial = {
    title: '',
    deal: (deal ?? null) as Picked | null,
    due_at: null as string | null,
    description: '',
  }
  const kept = useDraftForm({
    draft: `task.new.${deal?.id ?? ''}`,
    initial,
    fields: { about: 'deal', 'about.id': 'deal' },
    validate: (values) => (values.title.trim() ? {} : { title: t`Say what is to be done` }),
  })
  const { form, field, once, refuse, discard } = kept
  const at = usual(useNow())
  const choices = [
    [t`In 2 hours`, at.soon],
    [t`Tomorrow at 10`, at.tomorrow],
    [t`In a week`, at.week],
  ] as const

  function send(values: typeof initial) {
    const draft = given({
      title: values.title,
      due_at: values.due_at,
      description: values.description,
      about: values.deal && { kind: 'deal' as const, id: values.deal.id },
    }) as TaskDraft
    add.mutate(
      { draft, once: once() },
      {
        onSuccess: () => {
          discard()
          notifications.show({ message: t`The task is on the list` })
          onDone()
        },
        onError: (error) => refuse(error),
      },
    )
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={t`Add task`}
      busy={add.isPending}
      onCancel={onDone}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t`What is to be done`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('title')}
      />
      <DealPicker label={t`For the deal`} {...field('deal')} />
      <Stack gap={6}>
        <MomentField label={t`Due`} {...field('due_at')} />
        <Group gap={6}>
          {choices.map(([label, moment]) => (
            <Button
              key={label}
              size="compact-xs"
              variant="default"
              onClick={() => form.setFieldValue('due_at', moment)}
            >
              {label}
            </Button>
          ))}
        </Group>
      </Stack>
      <Offered right="activities.task.create" field="description">
        <Description {...form.getInputProps('description')} />
      </Offered>
    </EntryForm>
  )
}
