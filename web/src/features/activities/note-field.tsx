import { Button, Group, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { Attachment } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { useAddNote } from './note-changes'
import type { RecordKind } from './kinds'
import { toSent, type Named } from './mentions'
import { AttachButton, NoteFiles, useFiles } from './note-files'
import { NoteInput } from './note-input'
import './activities.css'

type Props = { kind: RecordKind; id: string }

/** Where the next note on a record is written. */
export function NoteField({ kind, id }: Props) {
  const { t } = useLingui()
  const add = useAddNote()
  const { form, field, once, problem, refuse, restart } = useDraftForm({
    draft: `${kind}.${id}.note`,
    initial: { text: '', named: {} as Named, files: [] as Attachment[] },
    validate: () => ({}),
  })
  const { text, named, files } = form.values
  const sent = useFiles(kind, id, (file) =>
    form.setFieldValue('files', (before) => [...before, file]),
  )
  const without = (gone: string) =>
    form.setFieldValue('files', (before) => before.filter((file) => file.id !== gone))
  const empty = !text.trim() && files.length === 0
  function send() {
    if (empty || sent.sending || add.isPending) return
    const told = { text: toSent(text.trim(), named), file_ids: files.map((file) => file.id) }
    add.mutate(
      { draft: { about: { kind, id }, ...told }, once: once() },
      { onSuccess: restart, onError: (error) => refuse(error) },
    )
  }
  return (
    <Stack gap={8} mb="xs" {...sent.where}>
      <NoteInput
        label={t`New note`}
        placeholder={t`What is worth remembering? @ names a colleague.`}
        text={text}
        named={named}
        error={field('text').error ?? problem ?? sent.problem}
        onChange={(now, whom) => form.setValues({ text: now, named: whom, files })}
        onSend={send}
      />
      <NoteFiles files={files} sending={sent.sending} onRemove={without} />
      <Group justify="space-between">
        <AttachButton onFiles={sent.take} />
        {!empty && (
          <Button size="compact-sm" disabled={sent.sending} loading={add.isPending} onClick={send}>
            {t`Add note`}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
