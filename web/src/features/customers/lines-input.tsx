import { TagsInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'

type Props = {
  label: string
  placeholder?: string
  hidden?: boolean
  value: string[]
  onChange: (value: string[]) => void
  error?: ReactNode
  onBlur?: () => void
  autoFocus?: boolean
}

/** Several phones, e-mails or links: each ends with Enter or a comma. */
export function LinesInput({ hidden, label, placeholder, ...field }: Props) {
  const { t } = useLingui()
  return (
    <TagsInput
      {...field}
      {...(hidden ? { 'aria-label': label } : { label })}
      placeholder={field.value.length === 0 ? (placeholder ?? t`Press Enter after each`) : ''}
      acceptValueOnBlur
      maxTags={20}
      splitChars={[',', ';']}
    />
  )
}
