import { ActionIcon, Anchor, Loader } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPaperclip, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ClipboardEvent, DragEvent } from 'react'
import { sendFile } from '@/shared/api/generated/activities'
import type { Attachment } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useFormat } from '@/shared/i18n/format'
import type { RecordKind } from './kinds'
import './activities.css'

const KB = 1000

/** Sends files to be attached; they come by choice, by dropping and by pasting. */
export function useFiles(kind: RecordKind, id: string, onSent: (file: Attachment) => void) {
  const explain = useExplain()
  const send = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const file of files) {
        onSent(await sendFile(file, { about_kind: kind, about_id: id, name: file.name }))
      }
    },
  })
  const take = (files: FileList | null | undefined): boolean => {
    if (!files || files.length === 0) return false
    send.mutate([...files])
    return true
  }
  return {
    take,
    sending: send.isPending,
    problem: send.error ? explain(send.error) : undefined,
    where: {
      onDragOver: (event: DragEvent) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault()
      },
      onDrop: (event: DragEvent) => {
        if (take(event.dataTransfer.files)) event.preventDefault()
      },
      onPaste: (event: ClipboardEvent) => {
        if (take(event.clipboardData.files)) event.preventDefault()
      },
    },
  }
}

/** Chooses files by the system's own dialog. */
export function AttachButton({ onFiles }: { onFiles: (files: FileList | null) => void }) {
  const { t } = useLingui()
  return (
    <ActionIcon
      component="label"
      variant="subtle"
      color="gray"
      aria-label={t`Attach files`}
      title={t`Attach files; they can be dropped or pasted, too`}
    >
      <IconPaperclip size={16} />
      <input
        type="file"
        multiple
        className="nt-choose"
        aria-label={t`Attach files`}
        onChange={(event) => {
          onFiles(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
    </ActionIcon>
  )
}

type Props = {
  files: readonly Attachment[]
  sending?: boolean
  onRemove?: (id: string) => void
}

/** Files by name and size, to be kept by whoever reads; or taken off while one writes. */
export function NoteFiles({ files, sending, onRemove }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const size = (bytes: number) =>
    bytes < KB * KB
      ? t`${format.number(Math.max(1, Math.round(bytes / KB)))} kB`
      : t`${format.number(Math.round(bytes / KB / KB))} MB`
  if (files.length === 0 && !sending) return null
  return (
    <ul className="nt-files">
      {files.map((file) => {
        const { name } = file
        return (
          <li key={file.id}>
            <IconPaperclip size={14} aria-hidden />
            <Anchor href={`/api/v1/files/${file.id}`} download={name} size="sm" title={name}>
              {name}
            </Anchor>
            <span>{size(file.size)}</span>
            {onRemove && (
              <ActionIcon
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={t`Take off ${name}`}
                onClick={() => onRemove(file.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </li>
        )
      })}
      {sending && (
        <li>
          <Loader role="status" size={14} aria-label={t`The file is being sent`} />
        </li>
      )}
    </ul>
  )
}
