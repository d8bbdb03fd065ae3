import { TagsInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'

type Props = {
  label: string
  hidden?: boolean
  value: string[]
  onChange: (value: string[]) => void
  error?: ReactNode
  onBlur?: () => void
  autoFocus?: boolean
}

/** Several phones or e-mails: each ends with Enter or a comma. */
export function LinesInput({ hidden, label, ...field }: Props) {
  const { t } = useLingui()
  return (
    <TagsInput
      {...field}
      {...(hidden ? { 'aria-label': label } : { label })}
      placeholder={field.value.length === 0 ? t`Press Enter after each` : ''}
      acceptValueOnBlur
      maxTags={20}
      splitChars={[',', ';']}
    />
  )
}
