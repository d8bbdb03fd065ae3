import { Input, Stack, Text } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import { ChooseFiles, FilesList } from './files-list'
import { useSending } from './sending'

type Props = {
  field: CustomField
  value: SentFile[]
  onChange: (files: SentFile[]) => void
  error?: ReactNode
  /** Without it the field's name stands above. */
  bare: boolean
}

/** The files of a field in a form: sent at once, and taken along with the form. */
export default function FilesInput({ field, value, onChange, error, bare }: Props) {
  // what arrives is added to what is there by then
  const now = useRef(value)
  useEffect(() => {
    now.current = value
  }, [value])
  const sending = useSending({
    field,
    had: value.length,
    onSent: (files) => onChange([...now.current, ...files]),
  })
  return (
    <Input.Wrapper
      labelElement="div"
      label={bare ? undefined : field.name}
      description={bare ? undefined : field.help}
      withAsterisk={field.required}
      error={error}
    >
      <Stack
        gap={6}
        mt={bare ? 0 : 4}
        role="group"
        aria-label={field.name}
        className="fl-drop"
        data-over={sending.over || undefined}
        {...sending.where}
      >
        <FilesList
          field={field}
          files={value}
          underWay={sending.underWay}
          onRemove={(id) => onChange(value.filter((file) => file.id !== id))}
        />
        <ChooseFiles
          field={field}
          had={value.length}
          busy={sending.underWay.length > 0}
          onFiles={sending.take}
        />
        {sending.problem && (
          <Text size="xs" c="var(--g-danger)" role="alert">
            {sending.problem}
          </Text>
        )}
      </Stack>
    </Input.Wrapper>
  )
}
