import { Modal, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import type { View, ViewDraft, ViewKind } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useDraftForm, versionNow } from '@/shared/lib/form'
import { useMay } from '@/shared/reference'
import { keptOf, type ListState } from '@/shared/views'
import { EntryForm } from '@/ui/form-parts'
import { useFocusBack } from '@/ui/use-focus-back'
import { seenByOf, useAudience, whoseOf } from './audience'
import { useViewChanges } from './changes'

export type ViewDialogProps = {
  kind: ViewKind
  /** What is shown, to be kept under a new name; absent where a view is renamed. */
  state?: ListState
  /** The view that is renamed, or a new one begins with. */
  view?: View | undefined
  onDone: (view: View) => void
  onClose: () => void
}

/** The name of a view, and who has it: of a new one, or of one there is. */
export function ViewDialog(props: ViewDialogProps) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={props.onClose} title={props.state ? t`Save as a view` : t`View`}>
      <ViewForm {...props} />
    </Modal>
  )
}

function ViewForm({ kind, state, view, onDone, onClose }: ViewDialogProps) {
  const { t } = useLingui()
  const explain = useExplain()
  const { add, change } = useViewChanges()
  const isNew = state !== undefined
  const kept = useDraftForm({
    draft: isNew ? `view.new.${kind}` : `view.${view?.id}`,
    initial: { name: isNew ? '' : (view?.name ?? ''), whose: isNew ? 'me' : whoseOf(view) },
    ...(!isNew && view && { version: view.version }),
    validate: (values) => ({ name: values.name.trim() ? null : t`Name the view` }),
    fields: { team_id: 'whose', seen_by: 'whose' },
  })
  const { form, once, began, refuse, discard } = kept
  const audience = useAudience(view, useMay('identity.view', 'share'))

  async function send({ name, whose }: { name: string; whose: string }) {
    try {
      const told = { name, ...seenByOf(whose) }
      const saved =
        state || !view
          ? await add.mutateAsync({
              draft: { kind, ...keptOf(state ?? {}), ...told } satisfies ViewDraft,
              once: once(),
            })
          : await change.mutateAsync({ id: view.id, version: began ?? view.version, ...told })
      discard()
      notifications.show({ message: t`The view “${name}” is saved` })
      onDone(saved)
    } catch (error) {
      refuse(error, versionNow(error) === undefined ? undefined : explain(error))
    }
  }
  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={t`Save`}
      busy={add.isPending || change.isPending}
      onCancel={onClose}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <Select
        label={t({ message: 'Who has it', context: 'view' })}
        allowDeselect={false}
        data={audience}
        {...form.getInputProps('whose')}
      />
    </EntryForm>
  )
}
