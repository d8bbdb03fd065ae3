import { ActionIcon, SegmentedControl, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Product } from '@/shared/api/generated/model'
import { listProducts } from '@/shared/api/generated/sales'
import { useFormat } from '@/shared/i18n/format'
import { given } from '@/shared/lib/list'
import { MoneyInput } from '@/ui/money-input'
import { RecordSelect } from '@/ui/record-select'
import type { Row } from './line-model'
import { productKeys } from './queries'
import { VatSelect } from './vat-select'

type Props = {
  row: Row
  place: number
  last: boolean
  currency: string
  payable: string | undefined
  onChange: (told: Partial<Row>) => void
  onQuantity: (quantity: string) => void
  onProduct: (product: Product) => void
  onMove: (by: number) => void
  onRemove: () => void
}

/** One line as it is written: a product of the catalogue, or words. */
export function LineRow(props: Props) {
  const { row, place, last, currency, payable, onChange } = props
  const { t } = useLingui()
  const format = useFormat()
  const number = place + 1
  return (
    <li>
      <div className="ln-head">
        <Product row={row} number={number} onChange={onChange} onProduct={props.onProduct} />
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={place === 0}
          aria-label={t`Move line ${number} up`}
          onClick={() => props.onMove(-1)}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={last}
          aria-label={t`Move line ${number} down`}
          onClick={() => props.onMove(1)}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Remove line ${number}`}
          onClick={props.onRemove}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </div>
      <div className="ln-fields">
        <TextInput
          label={t`Quantity`}
          inputMode="decimal"
          maxLength={20}
          rightSection={<span>{row.unit}</span>}
          value={row.quantity}
          onChange={(event) => props.onQuantity(event.currentTarget.value)}
        />
        <MoneyInput
          label={t`Price`}
          currency={currency}
          value={row.price}
          onChange={(price) => onChange({ price })}
        />
        <Discount row={row} currency={currency} onChange={onChange} />
        <VatSelect
          label={t`VAT`}
          value={row.vat_rate}
          onChange={(vat_rate) => onChange({ vat_rate })}
        />
        <TextInput
          label={t`Sum`}
          readOnly
          variant="unstyled"
          value={payable === undefined ? '—' : format.money({ amount: payable, currency })}
        />
      </div>
    </li>
  )
}

type ProductProps = Pick<Props, 'row' | 'onChange' | 'onProduct'> & { number: number }

function Product({ row, number, onChange, onProduct }: ProductProps) {
  const { t } = useLingui()
  const [words, setWords] = useState('')
  const found = useQuery({
    queryKey: [...productKeys.all, 'find', words],
    queryFn: ({ signal }) => listProducts(given({ q: words, limit: 10 }), { signal }),
    placeholderData: keepPreviousData,
  })
  const items = found.data?.items ?? []
  return (
    <RecordSelect
      label={t`Line ${number}`}
      placeholder={t`A product, or words of your own`}
      value={row.name ? { id: row.product_id ?? '', name: row.name } : null}
      onChange={(chosen) => {
        const product = items.find((one) => one.id === chosen?.id)
        if (product) onProduct(product)
        else if (!chosen) onChange({ product_id: null, name: '', unit: null, tiers: [] })
      }}
      choices={items.map(({ id, name, code }) => ({ id, name, hint: code }))}
      searching={found.isFetching}
      failed={found.isError}
      onSearch={setWords}
      onCreate={(name) => onChange({ product_id: null, name, unit: null, tiers: [] })}
      createVerb={(name) => t`Write “${name}” as it is`}
    />
  )
}

function Discount({ row, currency, onChange }: Pick<Props, 'row' | 'currency' | 'onChange'>) {
  const { t } = useLingui()
  const label = (
    <span className="ln-off">
      {t`Discount`}
      <SegmentedControl
        size="xs"
        aria-label={t`The discount is told`}
        value={row.off}
        onChange={(off) => onChange({ off: off === 'amount' ? 'amount' : 'percent' })}
        data={[
          { value: 'percent', label: '%' },
          { value: 'amount', label: currency },
        ]}
      />
    </span>
  )
  const value = (row.off === 'percent' ? row.discount_percent : row.discount_amount) ?? ''
  return (
    <TextInput
      label={label}
      aria-label={t`Discount`}
      inputMode="decimal"
      maxLength={20}
      value={value}
      onChange={(event) => {
        const told = event.currentTarget.value || null
        onChange(row.off === 'percent' ? { discount_percent: told } : { discount_amount: told })
      }}
    />
  )
}
