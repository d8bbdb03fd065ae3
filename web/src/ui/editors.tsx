import { Textarea, TextInput } from '@mantine/core'
import type { EditorProps } from './editable'

type Props = EditorProps<string> & {
  label: string
  multiline?: boolean
  type?: 'text' | 'tel' | 'email'
  maxLength?: number | undefined
}

/** The plain text field of an `Editable`. */
export function TextEditor({ value, onChange, leave, busy, label, multiline, ...rest }: Props) {
  const shared = {
    value,
    autoFocus: true,
    'aria-label': label,
    'aria-busy': busy,
    onBlur: leave,
  }
  if (multiline) {
    return (
      <Textarea
        {...shared}
        autosize
        minRows={2}
        maxRows={12}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      {...shared}
      type={rest.type ?? 'text'}
      maxLength={rest.maxLength ?? 200}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
