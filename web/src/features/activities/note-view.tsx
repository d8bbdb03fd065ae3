import { ActionIcon, Button, Group, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Attachment, Note } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useMe } from '@/shared/reference'
import { useChangeNote, useRemoveNote } from './note-changes'
import { partsOf, toSent, toWritten } from './mentions'
import { AttachButton, NoteFiles, useFiles } from './note-files'
import { NoteInput } from './note-input'
import './activities.css'

/** What a note says; who may change it does that here. */
export function NoteView({ note }: { note: Note }) {
  const { t } = useLingui()
  const [editing, setEditing] = useState(false)
  const remove = useRemoveNote()
  if (editing) return <Rewriting note={note} onDone={() => setEditing(false)} />
  return (
    <div className="nt-body">
      <div>
        {note.text && <NoteText note={note} />}
        <NoteFiles files={note.files} />
      </div>
      {note.editable && (
        <Group gap={2} wrap="nowrap" className="nt-actions">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Change the note`}
            title={t`Change the note`}
            onClick={() => setEditing(true)}
          >
            <IconPencil size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Remove the note`}
            title={t`Remove the note`}
            loading={remove.isPending}
            onClick={() => remove.mutate(note)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      )}
    </div>
  )
}

function NoteText({ note }: { note: Note }) {
  const me = useMe()
  return (
    <p>
      {partsOf(note.text, note.mentions).map((part) =>
        part.id ? (
          <b key={part.at} className="nt-name" data-me={part.id === me.user.id || undefined}>
            {part.text}
          </b>
        ) : (
          part.text
        ),
      )}
    </p>
  )
}

function Rewriting({ note, onDone }: { note: Note; onDone: () => void }) {
  const { t } = useLingui()
  const explain = useExplain()
  const change = useChangeNote()
  const [{ text, named }, write] = useState(() => toWritten(note.text, note.mentions))
  const [files, setFiles] = useState<readonly Attachment[]>(note.files)
  const sent = useFiles(note.about.kind, note.about.id, (file) =>
    setFiles((before) => [...before, file]),
  )
  const without = (gone: string) => setFiles((before) => before.filter((file) => file.id !== gone))
  function send() {
    if ((!text.trim() && files.length === 0) || sent.sending || change.isPending) return
    const told = { text: toSent(text.trim(), named), file_ids: files.map((file) => file.id) }
    change.mutate(
      { id: note.id, change: { ...told, version: note.version } },
      { onSuccess: onDone },
    )
  }
  return (
    <Stack gap={8} mt={4} {...sent.where}>
      <NoteInput
        label={t`Text of the note`}
        text={text}
        named={named}
        error={change.error ? explain(change.error) : sent.problem}
        onChange={(now, whom) => write({ text: now, named: whom })}
        onSend={send}
        onCancel={onDone}
      />
      <NoteFiles files={files} sending={sent.sending} onRemove={without} />
      <Group justify="flex-end" gap={8}>
        <AttachButton onFiles={sent.take} />
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t`Cancel`}
        </Button>
        <Button size="compact-sm" loading={change.isPending} onClick={send}>
          {t`Save`}
        </Button>
      </Group>
    </Stack>
  )
}
