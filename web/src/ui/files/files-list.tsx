import './files.css'
import { ActionIcon, Anchor, Button, Progress, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import {
  IconFile,
  IconFileTypePdf,
  IconFileZip,
  IconPaperclip,
  IconPhoto,
  IconX,
} from '@tabler/icons-react'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { MOST_FILES, type UnderWay } from './sending'

const KB = 1000
const ENDING = /\.([\p{L}\p{N}]{1,5})$/u

/** What sort of file it is: as its name ends, else by what its bytes are. */
const sortOf = ({ name, media }: SentFile) =>
  (ENDING.exec(name)?.[1] ?? media.split('/')[1] ?? '').replace('octet-stream', '').toUpperCase()

function iconOf({ media }: SentFile) {
  if (media.startsWith('image/')) return IconPhoto
  if (media === 'application/pdf') return IconFileTypePdf
  return media === 'application/zip' ? IconFileZip : IconFile
}

type Props = {
  field: CustomField
  files: readonly SentFile[]
  underWay?: readonly UnderWay[]
  onRemove?: (id: string) => void
  disabled?: boolean
}

/** The files of a field: each by its name, sort and size, to be kept by whoever reads. */
export function FilesList({ field, files, underWay, onRemove, disabled }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const size = (bytes: number) =>
    bytes < KB * KB
      ? t`${format.number(Math.max(1, Math.round(bytes / KB)))} kB`
      : t`${format.number(Math.round(bytes / KB / KB))} MB`
  if (files.length + (underWay?.length ?? 0) === 0) return null
  return (
    <ul className="fl-list" aria-label={field.name}>
      {files.map((file) => {
        const { id, name } = file
        const Icon = iconOf(file)
        return (
          <li key={id}>
            <Icon size={16} aria-hidden />
            <div className="fl-text">
              <Anchor
                href={`/api/v1/${field.of}-files/${id}`}
                download={name}
                size="sm"
                title={name}
                onClick={(event) => event.stopPropagation()}
              >
                {name}
              </Anchor>
              <span className="fl-told">
                {[sortOf(file), size(file.size)].filter(Boolean).join(', ')}
              </span>
            </div>
            {onRemove && (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                disabled={disabled ?? false}
                aria-label={t`Take off ${name}`}
                title={t`Take off ${name}`}
                onClick={() => onRemove(id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </li>
        )
      })}
      {underWay?.map(({ id, name, share, stop }) => (
        <li key={id} data-under-way>
          <IconFile size={16} aria-hidden />
          <span className="fl-name" title={name}>
            {name}
          </span>
          <Progress
            className="fl-share"
            size="sm"
            value={share * 100}
            aria-label={t`Being sent: ${name}`}
          />
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t`Do not send ${name}`}
            title={t`Do not send ${name}`}
            onClick={stop}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  )
}

type ChooseProps = {
  field: CustomField
  had: number
  busy: boolean
  onFiles: (files: FileList | null) => void
}

/** Chooses files by the system's own dialog, as far as there is room for more. */
export function ChooseFiles({ field, had, busy, onFiles }: ChooseProps) {
  const { t } = useLingui()
  const { name } = field
  if (had >= MOST_FILES) {
    return <Text size="xs" c="dimmed">{t`There are ${MOST_FILES} files: no more fit.`}</Text>
  }
  return (
    <div className="fl-choose">
      <Button
        component="label"
        size="compact-sm"
        variant="default"
        leftSection={<IconPaperclip size={14} aria-hidden />}
        loading={busy}
      >
        {t`Attach files`}
        <input
          type="file"
          multiple
          className="fl-input"
          aria-label={t`Attach files: ${name}`}
          onChange={(event) => {
            onFiles(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </Button>
      <Text component="span" size="xs" c="dimmed" className="fl-hint">
        {t`or drop them here; at most ${MOST_FILES}`}
      </Text>
    </div>
  )
}
