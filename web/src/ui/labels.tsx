import { Autocomplete, TagsInput, type AutocompleteProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useLabels, type CustomerKind } from '@/shared/labels'

const MOST_TAGS = 20
const LONGEST_TAG = 50

type TagsProps = {
  kind: CustomerKind
  label: string
  hidden?: boolean
  value: string[]
  onChange: (value: string[]) => void
  error?: ReactNode
  onBlur?: () => void
  autoFocus?: boolean
}

/** Several tags: each ends with Enter or a comma, and is written as it is kept. */
export function TagsField({ kind, label, hidden, onChange, ...field }: TagsProps) {
  const { t } = useLingui()
  const { tags } = useLabels(kind)
  return (
    <TagsInput
      {...field}
      {...(hidden ? { 'aria-label': label } : { label })}
      onChange={(next) => onChange([...new Set(next.map((tag) => tag.trim().toLowerCase()))])}
      data={tags}
      placeholder={field.value.length === 0 ? t`Press Enter after each` : ''}
      acceptValueOnBlur
      maxTags={MOST_TAGS}
      maxLength={LONGEST_TAG}
      splitChars={[',', ';']}
    />
  )
}

type SourceProps = Omit<AutocompleteProps, 'data'> & { kind: CustomerKind }

/** How somebody came to us: one of the ways known, or another. */
export function SourceField({ kind, ...field }: SourceProps) {
  const { sources } = useLabels(kind)
  return <Autocomplete maxLength={200} data={sources} {...field} />
}
