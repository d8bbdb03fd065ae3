import { Code, Group, Loader, Select, Stack, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useRef, type ReactNode } from 'react'
import { tryCompanyFormula, tryPersonFormula } from '@/shared/api/generated/customers'
import type { CustomType, FormulaTried } from '@/shared/api/generated/model'
import { tryDealFormula } from '@/shared/api/generated/sales'
import { isEmpty, nameOf, useCustomFields, type CustomKind } from '@/shared/custom-fields'
import { useCustomText } from '@/shared/custom-words'
import { fieldName } from '@/shared/i18n/fields'
import { BLANK, TYPES } from './types'

const TRY = { deal: tryDealFormula, company: tryCompanyFormula, person: tryPersonFormula }
/** While somebody types, nobody is asked. */
const SOON = 400

/** What a formula may ask of a record beside the fields that were added. */
const OWN: Record<CustomKind, readonly string[]> = {
  deal: ['worth', 'probability', 'expected_on', 'created_at', 'stage_since', 'closed_at', 'title'],
  company: ['name', 'legal_name', 'inn', 'size', 'city', 'industry', 'source', 'created_at'],
  person: ['name', 'position', 'city', 'source', 'created_at'],
}

/** Each as it is written, with what it gives. */
const FUNCTIONS: Record<string, MessageDescriptor> = {
  'if(, , )': msg`if it holds, the second, else the third`,
  'coalesce(, )': msg`the first that is not empty`,
  'round(, 2)': msg`rounded to so many places`,
  'floor()': msg`rounded down`,
  'ceil()': msg`rounded up`,
  'abs()': msg`without its sign`,
  'min(, )': msg`the smallest`,
  'max(, )': msg`the largest`,
  'concat(, )': msg`texts one after another`,
  'upper()': msg`in capital letters`,
  'lower()': msg`in small letters`,
  'length()': msg`how many characters`,
  'contains(, "")': msg`whether the text has it`,
  'has(, "")': msg`whether it is among those chosen`,
  'empty()': msg`whether it is empty`,
  'days(, )': msg`days from the one to the other`,
  'date()': msg`the day of a time`,
  'addmonths(, 1)': msg`the day so many months later`,
  'year()': msg`the year of a day`,
  'month()': msg`the month of a day`,
  'amount()': msg`a sum as a number`,
  'money(, "RUB")': msg`a number as a sum`,
}

const WRONG: Record<string, MessageDescriptor> = {
  'formula-syntax': msg`Something is missing here, or too much`,
  'formula-unknown': msg`There is no such field or function`,
  'formula-types': msg`These values do not go together so`,
  'formula-arguments': msg`The function takes another number of values`,
  'formula-today': msg`A formula is worked out when something changes: what is right today would be wrong tomorrow`,
  'formula-sealed': msg`It is kept encrypted: no formula reads it`,
  'formula-cycle': msg`It would be worked out of itself`,
  'formula-option': msg`The field has no such option`,
  'formula-date': msg`There is no such day`,
  'formula-kind': msg`A formula gives a number, a sum, a date, a text, yes or no`,
  'formula-files': msg`A formula makes nothing of files`,
  'formula-too-large': msg`The formula is too long`,
}

type Props = {
  kind: CustomKind
  /** The key of the field that has it. */
  own: string | undefined
  value: string
  onChange: (value: string) => void
  error: ReactNode
}

/** A formula, tried out while it is written: where it is wrong, or what it gives. */
export function FormulaInput({ kind, own, value, onChange, error }: Props) {
  const { t, i18n } = useLingui()
  const added = useCustomFields(kind).filter(({ key }) => key !== own)
  const input = useRef<HTMLTextAreaElement>(null)
  const [formula] = useDebouncedValue(value.trim(), SOON)
  const tried = useQuery({
    queryKey: ['formula', kind, own, formula],
    queryFn: ({ signal }) => TRY[kind]({ formula, ...(own && { key: own }) }, { signal }),
    enabled: formula !== '',
    gcTime: 0,
  })
  function insert(text: string | null) {
    if (!text) return
    const at = input.current?.selectionStart ?? value.length
    onChange(value.slice(0, at) + text + value.slice(input.current?.selectionEnd ?? at))
    requestAnimationFrame(() => {
      const caret = at + (text.includes('(') ? text.indexOf('(') + 1 : text.length)
      input.current?.focus()
      input.current?.setSelectionRange(caret, caret)
    })
  }
  const fields = [
    ...OWN[kind].map((name) => ({ value: name, label: fieldName(i18n, name, kind) })),
    ...added.map((field) => ({ value: nameOf(field), label: field.name })),
  ]
  const functions = Object.entries(FUNCTIONS).map(([told, words]) => ({
    value: told,
    label: `${told.slice(0, told.indexOf('('))} – ${i18n._(words)}`,
  }))
  return (
    <Stack gap={6}>
      <Textarea
        ref={input}
        label={t`Formula`}
        withAsterisk
        autosize
        minRows={2}
        maxRows={10}
        maxLength={2000}
        spellCheck={false}
        placeholder="worth * custom.discount / 100"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Group gap="sm" grow>
        {[
          { label: t`Insert a field`, data: fields },
          { label: t`Insert a function`, data: functions },
        ].map(({ label, data }) => (
          <Select
            key={label}
            size="xs"
            aria-label={label}
            placeholder={label}
            searchable
            nothingFoundMessage={t`Nothing found`}
            data={data}
            value={null}
            onChange={insert}
            comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
          />
        ))}
      </Group>
      <div role="status">
        {tried.isFetching && !tried.data && <Loader size="xs" />}
        {tried.data && formula && <Tried formula={formula} {...tried.data} />}
      </div>
    </Stack>
  )
}

function Tried({
  formula,
  type,
  at,
  code,
  name,
  message,
  examples,
}: FormulaTried & { formula: string }) {
  const { t, i18n } = useLingui()
  const text = useCustomText()
  if (!type) {
    const place = at ?? 0
    const known = WRONG[code ?? '']
    return (
      <Text component="div" size="sm" c="red">
        <div>
          {known ? i18n._(known) : message}
          {name ? `: ${name}` : ''}
        </div>
        <Code block mt={4}>
          {formula.slice(0, place)}
          <mark>{formula.slice(place, place + 1) || ' '}</mark>
          {formula.slice(place + 1)}
        </Code>
      </Text>
    )
  }
  const kindOfValue = i18n._(TYPES[type as CustomType])
  return (
    <Text component="div" size="sm">
      <div>{t`Gives: ${kindOfValue}`}</div>
      {(examples ?? []).map((one) => (
        <div key={one.id}>
          {one.name}: {isEmpty(one.value) ? '—' : text({ ...BLANK, type }, one.value)}
        </div>
      ))}
    </Text>
  )
}
