import {
  Autocomplete,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  TagsInput,
  TextInput,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { AskableField } from '@/shared/api/generated/model'
import { linkOf, shapeOf, type Leaf } from '@/shared/conditions'
import { useLabelsOf } from '@/shared/labels'
import { useMe } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { MoneyInput } from '@/ui/money-input'
import { RecordValue } from './record-value'
import { useChoices } from './use-choices'

type Props = {
  field: AskableField
  /** The records it is asked of. */
  kind: string
  leaf: Leaf
  /** What is wrong with each value, by its place. */
  problems: readonly (string | undefined)[]
  onChange: (value: NonNullable<Leaf['value']>) => void
}

const MAX_DAYS = 3660

/** What the field is compared with, in the way its type and the operator ask for. */
export function ValueField({ field, kind, leaf, problems, onChange }: Props) {
  const { t } = useLingui()
  const choices = useChoices(field, kind)
  const labels = useLabelsOf(kind, field.name)
  const shape = shapeOf(leaf.op)
  const given = [leaf.value ?? []].flat().map(String)
  const [error] = problems
  if (shape === 'none') return null
  if (shape === 'days') {
    return (
      <NumberInput
        label={t`Days`}
        min={1}
        max={MAX_DAYS}
        allowDecimal={false}
        error={error}
        value={given[0] ?? ''}
        onChange={(days) => onChange(typeof days === 'number' ? days : '')}
      />
    )
  }
  if (shape === 'several') {
    const shared = { label: t`Values`, value: given, error, onChange }
    return choices ? (
      <MultiSelect {...shared} data={choices} searchable hidePickedOptions clearable />
    ) : (
      <TagsInput
        {...shared}
        data={labels}
        placeholder={t`Enter after each`}
        acceptValueOnBlur
        clearable
      />
    )
  }
  if (shape === 'bounds') {
    const bound = (place: number) => (value: string) =>
      onChange(place === 0 ? [value, given[1] ?? ''] : [given[0] ?? '', value])
    return (
      <SimpleGrid cols={2} spacing="sm">
        {[t`From`, t`To`].map((label, place) => (
          <OneValue
            key={label}
            label={label}
            field={field}
            value={given[place] ?? ''}
            error={problems[place]}
            onChange={bound(place)}
          />
        ))}
      </SimpleGrid>
    )
  }
  if (choices) {
    const bool = field.type === 'bool'
    return (
      <Select
        label={t`Value`}
        data={choices}
        searchable={!bool}
        error={error}
        value={given[0] ?? null}
        onChange={(chosen) => onChange(bool ? chosen === 'true' : (chosen ?? ''))}
      />
    )
  }
  if (labels.length > 0) {
    return (
      <Autocomplete
        label={t`Value`}
        data={labels}
        maxLength={1000}
        error={error}
        value={given[0] ?? ''}
        onChange={onChange}
      />
    )
  }
  return (
    <OneValue
      label={t`Value`}
      field={field}
      value={given[0] ?? ''}
      error={error}
      onChange={onChange}
    />
  )
}

type OneProps = {
  label: string
  field: AskableField
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function OneValue({ label, field, value, error, onChange }: OneProps) {
  const { base_currency } = useMe()
  const shared = { label, error }
  const link = linkOf(field)
  if (link) return <RecordValue {...shared} field={link} value={value} onChange={onChange} />
  if (field.type === 'date' || field.type === 'time') {
    return <DateField {...shared} value={value || null} onChange={(day) => onChange(day ?? '')} />
  }
  if (field.type === 'money') {
    return <MoneyInput {...shared} currency={base_currency} value={value} onChange={onChange} />
  }
  if (field.type === 'number') {
    return <NumberInput {...shared} value={value} onChange={(number) => onChange(String(number))} />
  }
  return (
    <TextInput
      {...shared}
      maxLength={1000}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
