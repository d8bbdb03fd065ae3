import { ActionIcon, Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { PriceList, Product, ProductPrice } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { Failure } from '@/ui/failure'
import { FormFooter, FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { ListSkeleton } from '@/ui/skeletons'
import { priceListsQuery, pricesQuery, useSetPrices } from './queries'

type Row = { key: number; price_list_id: string; from_quantity: string; price: string }
type Props = { product: Product; onDone: () => void }

/** What a product costs in price lists. */
export function PricesForm({ product, onDone }: Props) {
  const { t } = useLingui()
  const lists = useQuery(priceListsQuery())
  const prices = useQuery({ ...pricesQuery(product.id), staleTime: 0 })
  const error = lists.error ?? prices.error
  if (error) return <Failure error={error} onRetry={() => void prices.refetch()} />
  if (!lists.data || !prices.data || prices.isFetching) return <ListSkeleton rows={3} />
  const open = lists.data.filter((list) => !list.archived)
  if (open.length === 0) {
    return (
      <Text size="sm">{t`There are no price lists yet. Add one on the page of products.`}</Text>
    )
  }
  return <Prices product={product} lists={open} prices={prices.data} onDone={onDone} />
}

type PricesProps = Props & { lists: readonly PriceList[]; prices: readonly ProductPrice[] }

function Prices({ product, lists, prices, onDone }: PricesProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const save = useSetPrices(product.id)
  const [rows, setRows] = useState<Row[]>(() => prices.map((one, key) => ({ ...one, key })))
  const [next, setNext] = useState(prices.length)
  const put = (key: number, told: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...told } : row)))
  function submit(event: FormEvent) {
    event.preventDefault()
    const told = rows.map(({ price_list_id, from_quantity, price }) => ({
      price_list_id,
      price,
      from_quantity: from_quantity.replace(',', '.'),
    }))
    save.mutate(
      { version: product.version, prices: told },
      {
        onSuccess: () => {
          notifications.show({ message: t`Saved.` })
          onDone()
        },
      },
    )
  }
  function addRow() {
    const [first] = lists
    if (!first) return
    setRows([...rows, { key: next, price_list_id: first.id, from_quantity: '1', price: '' }])
    setNext(next + 1)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormProblem>{save.error && problemText(save.error)}</FormProblem>
        <ul className="pr-prices">
          {rows.map((row, place) => (
            <li key={row.key}>
              <Select
                aria-label={t`Price list ${place + 1}`}
                allowDeselect={false}
                data={lists.map(({ id, name }) => ({ value: id, label: name }))}
                value={row.price_list_id}
                onChange={(id) => put(row.key, { price_list_id: id ?? row.price_list_id })}
              />
              <TextInput
                aria-label={t`From the quantity ${place + 1}`}
                leftSection={<Text size="sm">≥</Text>}
                inputMode="decimal"
                value={row.from_quantity}
                onChange={(event) => put(row.key, { from_quantity: event.currentTarget.value })}
              />
              <MoneyInput
                aria-label={t`Price ${place + 1}`}
                currency={
                  lists.find((list) => list.id === row.price_list_id)?.currency ?? product.currency
                }
                value={row.price}
                onChange={(price) => put(row.key, { price })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t`Remove price ${place + 1}`}
                onClick={() => setRows(rows.filter((one) => one.key !== row.key))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        <Button
          variant="subtle"
          leftSection={<IconPlus size={16} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={addRow}
        >
          {t`Add a price`}
        </Button>
        <FormFooter verb={t`Save`} busy={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
