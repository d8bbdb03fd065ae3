import { Modal, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Task, TaskChange } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { useMay } from '@/shared/reference'
import { MomentField } from '@/ui/date-field'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { OwnerSelect } from '@/ui/owner-select'
import { useFocusBack } from '@/ui/use-focus-back'
import { useChangeTask } from './changes'
import { PAGES } from './task-row'
import './activities.css'

type Props = { task: Task; onClose: () => void }

/** What a task says, to be read and changed. */
export function TaskDialog(props: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={props.onClose} title={t`Task`} size="lg">
      <TaskFields {...props} />
    </Modal>
  )
}

type Values = { title: string; due_at: string | null; owner_id: string; description: string }

const valuesOf = ({ title, due_at, owner_id, description }: Task): Values => ({
  title,
  due_at,
  owner_id,
  description: description ?? '',
})

/** What is different now, as the API takes it. */
function changeOf(sent: Values, was: Values): Omit<TaskChange, 'version'> {
  return {
    ...(sent.title !== was.title && { title: sent.title }),
    ...(sent.due_at !== was.due_at && { due_at: sent.due_at }),
    ...(sent.owner_id !== was.owner_id && { owner_id: sent.owner_id }),
    ...(sent.description !== was.description && { description: sent.description || null }),
  }
}

function TaskFields({ task, onClose }: Props) {
  const { t } = useLingui()
  const change = useChangeTask()
  const mayAssign = useMay('activities.task', 'assign')
  const [initial] = useState(() => valuesOf(task))
  const kept = useDraftForm<Values>({
    draft: `task.${task.id}`,
    initial,
    version: task.version,
    validate: (values) => (values.title.trim() ? {} : { title: t`Say what is to be done` }),
  })
  const { form, field, once, began, refuse, discard } = kept
  const { about } = task

  function send(sent: Values) {
    if (!task.editable) {
      onClose()
      return
    }
    const told = { ...changeOf(sent, initial), version: began ?? task.version }
    change.mutate(
      { id: task.id, change: told, once: once() },
      {
        onSuccess: () => {
          discard()
          notifications.show({ message: t`The task is changed` })
          onClose()
        },
        onError: (error) => refuse(error),
      },
    )
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={task.editable ? t`Save` : t`Close`}
      busy={change.isPending}
      onCancel={onClose}
    >
      {about && (
        <Text size="sm" c="dimmed">
          {t({ message: 'About', context: 'kind of record' })}:{' '}
          <Link to={PAGES[about.kind]} params={{ id: about.id }} className="g-link">
            {about.name ?? t`A record that is not yours to see`}
          </Link>
        </Text>
      )}
      <fieldset className="mt-fields" disabled={!task.editable}>
        <TextInput
          data-autofocus
          label={t`What is to be done`}
          withAsterisk
          maxLength={200}
          {...form.getInputProps('title')}
        />
        <MomentField label={t`Due`} {...field('due_at')} />
        <OwnerSelect
          label={t`Owner`}
          allowDeselect={false}
          disabled={!mayAssign || !task.editable}
          {...form.getInputProps('owner_id')}
        />
        {!task.hidden.includes('description') && (
          <Offered right="activities.task.edit" field="description">
            <Description {...form.getInputProps('description')} />
          </Offered>
        )}
      </fieldset>
    </EntryForm>
  )
}
