import { Select, type SelectProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { Segment } from '@/shared/api/generated/model'
import { useSegmentNames } from '@/shared/reference'

type Props = Pick<SelectProps, 'w' | 'comboboxProps'> & {
  value: string | undefined
  onChange: (segment: string | undefined) => void
}

/** Deals by a segment of their company or of a contact; offered as soon as one sees a segment. */
export function SegmentFilter({ value, onChange, ...rest }: Props) {
  const { t } = useLingui()
  const segments = useSegmentNames(true).filter((one) => one.missing.length === 0)
  if (segments.length === 0 && !value) return null
  const of = (kind: Segment['kind']) =>
    segments.filter((one) => one.kind === kind).map((one) => ({ value: one.id, label: one.name }))
  return (
    <Select
      aria-label={t`Segment`}
      placeholder={t`Any segment`}
      w={170}
      clearable
      searchable
      limit={50}
      data={[
        { group: t`Companies`, items: of('company') },
        { group: t`People`, items: of('person') },
      ].filter(({ items }) => items.length > 0)}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      {...rest}
    />
  )
}
