import { Group, MultiSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, type ReactNode } from 'react'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import type { Money } from '@/shared/i18n/format'
import { NAMED_AS } from '@/shared/custom-fields'
import { useMe } from '@/shared/reference'
import { RecordValue } from './conditions/record-value'
import { DateField, MomentField } from './date-field'
import { MoneyInput } from './money-input'
import { OwnerSelect } from './owner-select'

const FilesInput = lazy(() => import('./files/files-input'))

type Props = {
  field: CustomField
  value: unknown
  onChange: (value: unknown) => void
  error?: ReactNode
  /** Without it the field's name stands above. */
  bare?: boolean
  autoFocus?: boolean
  /** Told of a value that was chosen and not typed: there is no more to type. */
  onPick?: (value: unknown) => void
  onBlur?: () => void
}

/** Where the value of a field that was added is typed or chosen, as its type asks. */
export function CustomInput({ field, value, onChange, onPick, onBlur, bare, ...rest }: Props) {
  const { t, i18n } = useLingui()
  const pick = (next: unknown) => {
    onChange(next)
    onPick?.(next)
  }
  const told = bare
    ? { 'aria-label': field.name, ...rest }
    : { label: field.name, description: field.help, withAsterisk: field.required, ...rest }
  const options = field.options
    .filter((option) => !option.archived || option.key === value)
    .map((option) => ({ value: option.key, label: option.name }))
  switch (field.type) {
    case 'number':
      return (
        <NumberInput
          {...told}
          inputMode="decimal"
          hideControls
          clampBehavior="none"
          decimalScale={6}
          maxLength={24}
          decimalSeparator={i18n.locale === 'ru' ? ',' : '.'}
          allowedDecimalSeparators={['.', ',']}
          value={(value as string | null) ?? ''}
          onValueChange={(values, { event }) => {
            if (event) onChange(values.value || null)
          }}
          onBlur={onBlur}
        />
      )
    case 'money':
      return <CustomSum {...{ field, value, onChange, onBlur }} told={told} />
    case 'date':
      return (
        <DateField
          {...told}
          value={(value as string | null) ?? null}
          onChange={onChange}
          onPick={(day) => onPick?.(day)}
          {...(onBlur && { onBlur })}
        />
      )
    case 'time':
      return <MomentField {...told} value={(value as string | null) ?? null} onChange={pick} />
    case 'bool':
      return (
        <Select
          {...told}
          clearable
          defaultDropdownOpened={rest.autoFocus ?? false}
          data={[
            { value: 'yes', label: t`Yes` },
            { value: 'no', label: t`No` },
          ]}
          value={value === true ? 'yes' : value === false ? 'no' : null}
          onChange={(chosen) => pick(chosen === null ? null : chosen === 'yes')}
          onBlur={onBlur}
        />
      )
    case 'choice':
      return (
        <Select
          {...told}
          clearable
          defaultDropdownOpened={rest.autoFocus ?? false}
          searchable={options.length > 8}
          data={options}
          value={(value as string | null) ?? null}
          onChange={pick}
          onBlur={onBlur}
        />
      )
    case 'choices':
      return (
        <MultiSelect
          {...told}
          clearable
          searchable={options.length > 8}
          data={options}
          value={(value as string[] | null) ?? []}
          onChange={(chosen) => onChange(chosen.length ? chosen : null)}
          onBlur={onBlur}
        />
      )
    case 'person':
      return (
        <OwnerSelect
          {...told}
          clearable
          value={(value as string | null) ?? null}
          onChange={pick}
          onBlur={onBlur}
        />
      )
    case 'file':
      return (
        <Suspense>
          <FilesInput
            field={field}
            bare={bare ?? false}
            value={(value as SentFile[] | null) ?? []}
            onChange={(files) => onChange(files.length ? files : null)}
            error={rest.error}
          />
        </Suspense>
      )
    case 'link':
      return (
        <RecordValue
          field={NAMED_AS[field.links_to ?? 'company']}
          label={field.name}
          bare={bare ?? false}
          error={rest.error}
          value={(value as string | null) ?? ''}
          onChange={(id) => pick(id || null)}
        />
      )
    case 'sealed':
      return (
        <TextInput
          {...told}
          description={bare ? undefined : (field.help ?? t`It is kept encrypted.`)}
          autoComplete="off"
          maxLength={2000}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          onBlur={onBlur}
        />
      )
    default:
      return (
        <Textarea
          {...told}
          autosize
          minRows={1}
          maxRows={8}
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          onBlur={onBlur}
        />
      )
  }
}

type SumProps = Pick<Props, 'field' | 'value' | 'onChange'> & {
  told: object
  onBlur: (() => void) | undefined
}

/** A sum in the currency it has, or that of the installation. */
function CustomSum({ value, onChange, told, onBlur }: SumProps) {
  const { base_currency } = useMe()
  const money = value as Money | null | undefined
  const currency = money?.currency ?? base_currency
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <MoneyInput
        {...told}
        flex={1}
        currency={currency}
        value={money?.amount ?? ''}
        onChange={(amount) => onChange(amount ? { amount, currency } : null)}
        onBlur={onBlur}
      />
    </Group>
  )
}
