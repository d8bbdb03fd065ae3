import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { DealLines, Product } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { fieldName } from '@/shared/i18n/fields'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { FormFooter, FormProblem } from '@/ui/form-parts'
import {
  cleaned,
  emptyRow,
  moved,
  plain,
  rowOf,
  withProduct,
  withQuantity,
  type Row,
} from './line-model'
import { LineRow } from './line-row'
import { priceListsQuery, pricesQuery, useSetLines } from './queries'
import { count } from './sums'
import { Totals } from './totals'

type Props = { lines: DealLines; onDone: () => void }

const CURRENCY = /^[A-Z]{3}$/

/** The lines of a deal as they are written; what they come to is counted while one types. */
export function LinesForm({ lines, onDone }: Props) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { base_currency } = useMe()
  const words = useProblemWords()
  const save = useSetLines(lines.deal_id)
  const [rows, setRows] = useState<Row[]>(() =>
    lines.lines.length > 0 ? lines.lines.map(rowOf) : [emptyRow(0)],
  )
  const [next, setNext] = useState(rows.length)
  const [currency, setCurrency] = useState(lines.currency ?? base_currency)
  const [with_vat, setWithVat] = useState(lines.with_vat)
  const [percent, setPercent] = useState(lines.discount_percent ?? '')
  const [amount, setAmount] = useState(lines.discount_amount ?? '')
  const [list, setList] = useState<string | null>(null)
  const known = CURRENCY.test(currency) ? currency : base_currency
  const whole = {
    with_vat,
    discount_percent: plain(percent) || null,
    discount_amount: plain(amount) || null,
  }
  const told = rows.map(cleaned)
  const sums = count(told, whole)
  const put = (key: number, change: (row: Row) => Row) =>
    setRows((before) => before.map((row) => (row.key === key ? change(row) : row)))
  async function choose(key: number, product: Product) {
    put(key, (row) => withProduct(row, product, [], list, known))
    const tiers = await queries.fetchQuery(pricesQuery(product.id))
    put(key, (row) =>
      row.product_id === product.id ? withProduct(row, product, tiers, list, known) : row,
    )
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const draft = told
      .filter((row) => row.name || row.product_id)
      .map(({ product_id, name, unit, quantity, price, vat_rate, ...rest }) => ({
        product_id,
        name,
        unit,
        quantity,
        price,
        vat_rate,
        discount_percent: rest.discount_percent,
        discount_amount: rest.discount_amount,
      }))
    save.mutate(
      { version: lines.version, currency, ...whole, lines: draft },
      {
        onSuccess: () => {
          notifications.show({ message: t`Saved.` })
          onDone()
        },
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormProblem>{save.error && words(save.error)}</FormProblem>
        <Group gap="sm" align="end">
          <TextInput
            label={t`Currency`}
            maxLength={3}
            w={90}
            value={currency}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          />
          <PriceListSelect
            currency={known}
            value={list}
            onChange={(chosen, vat) => {
              setList(chosen)
              if (vat !== undefined) setWithVat(vat)
            }}
          />
          <Checkbox
            label={t`Prices include VAT`}
            checked={with_vat}
            pb={8}
            onChange={(event) => setWithVat(event.currentTarget.checked)}
          />
        </Group>
        <ul className="ln-lines">
          {rows.map((row, place) => (
            <LineRow
              key={row.key}
              row={row}
              place={place}
              last={place === rows.length - 1}
              currency={known}
              payable={sums?.lines[place]?.payable}
              onChange={(change) => put(row.key, (one) => ({ ...one, ...change }))}
              onQuantity={(quantity) => put(row.key, (one) => withQuantity(one, quantity, list))}
              onProduct={(product) => void choose(row.key, product)}
              onMove={(by) => setRows(moved(rows, place, by))}
              onRemove={() => setRows(rows.filter((one) => one.key !== row.key))}
            />
          ))}
        </ul>
        <Group gap="sm" align="end" justify="space-between">
          <Button
            variant="subtle"
            leftSection={<IconPlus size={16} />}
            onClick={() => {
              setRows([...rows, emptyRow(next)])
              setNext(next + 1)
            }}
          >
            {t`Add a line`}
          </Button>
          <Group gap="sm" align="end">
            <TextInput
              label={t`Discount on all, %`}
              inputMode="decimal"
              w={140}
              maxLength={6}
              disabled={amount !== ''}
              value={percent}
              onChange={(event) => setPercent(event.currentTarget.value)}
            />
            <TextInput
              label={t`Discount on all, ${known}`}
              inputMode="decimal"
              w={150}
              maxLength={20}
              disabled={percent !== ''}
              value={amount}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
          </Group>
        </Group>
        <div role="status">
          {sums ? (
            <Totals of={sums} currency={known} />
          ) : (
            <Text size="sm" c="dimmed" ta="end">
              {t`Fill in quantities and prices to see the total.`}
            </Text>
          )}
        </div>
        <FormFooter verb={t`Save the lines`} busy={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}

/** What was refused, and in which line. */
function useProblemWords() {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  return (error: Error) => {
    const [first] = error instanceof ApiError ? error.errors : []
    if (!first) return problemText(error)
    const [group, place, field] = first.field.split('.')
    const number = Number(place) + 1
    const text = fieldText(i18n, first)
    if (group !== 'lines' || !field) return `${fieldName(i18n, first.field)}: ${text}`
    const name = fieldName(i18n, field)
    return t`Line ${number}, ${name}: ${text}`
  }
}

type ListProps = {
  currency: string
  value: string | null
  onChange: (list: string | null, withVat: boolean | undefined) => void
}

function PriceListSelect({ currency, value, onChange }: ListProps) {
  const { t } = useLingui()
  const { data } = useQuery(priceListsQuery())
  const lists = data?.filter((list) => !list.archived && list.currency === currency) ?? []
  if (lists.length === 0) return null
  return (
    <Select
      label={t`Price list`}
      placeholder={t`Own prices`}
      clearable
      data={lists.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={(id) => onChange(id, lists.find((list) => list.id === id)?.with_vat)}
    />
  )
}
