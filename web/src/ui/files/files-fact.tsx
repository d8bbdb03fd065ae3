import { Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { ChooseFiles, FilesList } from './files-list'
import { useSending } from './sending'

type Props = {
  field: CustomField
  files: SentFile[]
  disabled: boolean
  save: (files: SentFile[]) => Promise<unknown>
}

/** The files of a record, on its page: what is added or taken off is so at once. */
export default function FilesFact({ field, files, disabled, save }: Props) {
  const { t } = useLingui()
  const explain = useExplain(field.of)
  const [busy, setBusy] = useState(false)
  // what arrives is added to what the record has by then
  const add = useRef<(sent: SentFile[]) => Promise<void>>(undefined)
  const sending = useSending({
    field,
    had: files.length,
    onSent: (sent) => add.current?.(sent),
  })
  const keep = async (told: SentFile[]) => {
    setBusy(true)
    try {
      await save(told)
    } catch (error) {
      sending.setProblem(explain(error))
    } finally {
      setBusy(false)
    }
  }
  useEffect(() => {
    add.current = (sent) => keep([...files, ...sent])
  })
  if (disabled) {
    return files.length > 0 ? <FilesList field={field} files={files} /> : t`Not set`
  }
  return (
    <Stack
      gap={6}
      role="group"
      aria-label={field.name}
      className="fl-drop"
      data-over={sending.over || undefined}
      {...sending.where}
    >
      <FilesList
        field={field}
        files={files}
        underWay={sending.underWay}
        disabled={busy}
        onRemove={(id) => void keep(files.filter((file) => file.id !== id))}
      />
      <ChooseFiles
        field={field}
        had={files.length}
        busy={busy || sending.underWay.length > 0}
        onFiles={sending.take}
      />
      {sending.problem && (
        <Text size="xs" c="var(--g-danger)" role="alert">
          {sending.problem}
        </Text>
      )}
    </Stack>
  )
}
