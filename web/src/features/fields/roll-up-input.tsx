import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Group, Select, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type {
  CustomType,
  Measure,
  Only,
  Over,
  RollUp,
  RollUpDraft,
} from '@/shared/api/generated/model'
import { isWorkedOut, nameOf, useCustomFields, type CustomKind } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'
import { useMe } from '@/shared/reference'

/** What is linked to a record of each kind. */
const UNDER: Record<CustomKind, readonly Over[]> = {
  company: ['deal', 'person', 'task'],
  person: ['deal', 'task'],
  deal: ['task'],
}
const OVER: Record<Over, MessageDescriptor> = {
  deal: msg`Deals`,
  person: msg`People`,
  task: msg`Tasks`,
}
const ONLY: Record<Over, readonly Only[]> = {
  deal: ['open', 'won', 'lost'],
  person: [],
  task: ['open', 'done'],
}
const SO: Record<Only, MessageDescriptor> = {
  open: msg`Only those that are open`,
  won: msg`Only those that are won`,
  lost: msg`Only those that are lost`,
  done: msg`Only those that are done`,
}
/** What can be rolled up beside the fields that were added. */
const OWN: Record<Over, { [name: string]: CustomType }> = {
  deal: {
    worth: 'money',
    probability: 'number',
    expected_on: 'date',
    created_at: 'time',
    stage_since: 'time',
    closed_at: 'time',
  },
  person: { created_at: 'time' },
  task: { due_at: 'time', done_at: 'time', created_at: 'time' },
}
const ROLLED = new Set<CustomType>(['number', 'money', 'date', 'time'])
const MEASURES: readonly Measure[] = ['count', 'sum', 'least', 'greatest', 'newest']
const CURRENCIES = ['RUB', 'USD', 'EUR', 'CNY']

/** The first that a record of this kind can have. */
export const firstRollUp = (kind: CustomKind): RollUpDraft => ({
  over: UNDER[kind][0] ?? 'task',
  measure: 'count',
})

/** As it is sent. */
export const draftOf = ({ over, measure, of, currency, only }: RollUp): RollUpDraft => ({
  over,
  measure,
  of,
  currency,
  only,
})

type Props = {
  kind: CustomKind
  value: RollUpDraft
  onChange: (value: RollUpDraft) => void
  error: ReactNode
}

/** Over which records what is counted, summed or compared. */
export function RollUpInput({ kind, value, onChange, error }: Props) {
  const { t, i18n } = useLingui()
  const { base_currency } = useMe()
  const { over, measure } = value
  const added = useCustomFields(over === 'task' ? undefined : over)
  const types = new Map<string, CustomType>(Object.entries(OWN[over]))
  for (const field of over === 'task' ? [] : added)
    if (ROLLED.has(field.type) && !isWorkedOut(field)) types.set(nameOf(field), field.type)
  const type = value.of ? types.get(value.of) : undefined
  const isMoment = type === 'date' || type === 'time'
  const NAMES: Record<Measure, string> = {
    count: t`How many there are`,
    sum: t`The sum`,
    least: isMoment ? t`The earliest` : t`The least`,
    greatest: isMoment ? t`The latest` : t`The greatest`,
    newest: t`Of the newest record`,
  }
  /** With what goes with it, and without what does not. */
  const put = (told: RollUpDraft) => {
    const counted = told.measure === 'count'
    const fits = Object.keys(OWN[told.over])
    const known = told.of && (told.over === over ? types.has(told.of) : fits.includes(told.of))
    const of = counted ? null : known ? told.of : told.over === 'deal' ? 'worth' : fits[0]
    const kindOf = of ? (OWN[told.over][of] ?? types.get(of)) : undefined
    const summed = kindOf === 'money' && told.measure !== 'newest'
    onChange({
      over: told.over,
      measure:
        told.measure === 'sum' && (kindOf === 'date' || kindOf === 'time')
          ? 'greatest'
          : told.measure,
      of: of ?? null,
      currency: summed ? (told.currency ?? base_currency) : null,
      only: told.only && ONLY[told.over].includes(told.only) ? told.only : null,
    })
  }
  return (
    <Stack gap="sm">
      <Group gap="sm" grow align="start">
        <Select
          label={t`Linked records`}
          allowDeselect={false}
          data={UNDER[kind].map((one) => ({ value: one, label: i18n._(OVER[one]) }))}
          value={over}
          onChange={(told) => put({ ...value, over: told as Over })}
        />
        <Select
          label={t`What of them`}
          allowDeselect={false}
          data={MEASURES.filter((one) => one !== 'sum' || over === 'deal' || added.length > 0).map(
            (one) => ({ value: one, label: NAMES[one] }),
          )}
          value={measure}
          onChange={(told) => put({ ...value, measure: told as Measure })}
        />
      </Group>
      {measure !== 'count' && (
        <Group gap="sm" grow align="start">
          <Select
            label={t`Of which field`}
            allowDeselect={false}
            data={[...types]
              .filter(([, one]) => measure !== 'sum' || one === 'number' || one === 'money')
              .map(([name]) => ({ value: name, label: fieldName(i18n, name, over) }))}
            value={value.of ?? null}
            onChange={(told) => put({ ...value, of: told, currency: null })}
          />
          {type === 'money' && measure !== 'newest' && (
            <Select
              label={t`Currency`}
              description={t`Of sums in others nothing is counted.`}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              allowDeselect={false}
              data={[...new Set([base_currency, ...CURRENCIES, value.currency ?? base_currency])]}
              value={value.currency ?? base_currency}
              onChange={(told) => put({ ...value, currency: told })}
            />
          )}
        </Group>
      )}
      {ONLY[over].length > 0 && (
        <Select
          label={t`Which of them`}
          clearable
          placeholder={t`All of them`}
          data={ONLY[over].map((one) => ({ value: one, label: i18n._(SO[one]) }))}
          value={value.only ?? null}
          onChange={(told) => put({ ...value, only: told as Only | null })}
        />
      )}
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t`All linked records are counted, also those that a reader of this field may not see. Hide the field in a role that shall not know it.`}
      </Text>
    </Stack>
  )
}
