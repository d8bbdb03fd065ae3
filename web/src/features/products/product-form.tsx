import { SimpleGrid, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { Product } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { useMe } from '@/shared/reference'
import { useEntryProblems } from '@/ui/entry-problems'
import { Description, EntryForm } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { useAddProduct, useChangeProduct } from './queries'
import { VatSelect } from './vat-select'

type Values = {
  name: string
  code: string
  unit: string
  category: string
  description: string
  vat_rate: string | null
  price: string
  currency: string
}

const valuesOf = (product: Product): Values => ({
  name: product.name,
  code: product.code,
  unit: product.unit,
  category: product.category ?? '',
  description: product.description ?? '',
  vat_rate: product.vat_rate,
  price: product.price ?? '',
  currency: product.currency,
})

const CURRENCY = /^[A-Z]{3}$/

type Props = { product: Product | undefined; onDone: () => void }

/** A product, new or known. */
export function ProductForm({ product, onDone }: Props) {
  const { t } = useLingui()
  const { base_currency } = useMe()
  const problems = useEntryProblems()
  const add = useAddProduct()
  const change = useChangeProduct(product?.id ?? '')
  const unit = t({ message: 'pcs', context: 'unit' })
  const kept = useDraftForm<Values>({
    draft: product ? `product.${product.id}` : 'product.new',
    initial: product
      ? valuesOf(product)
      : {
          name: '',
          code: '',
          category: '',
          description: '',
          price: '',
          unit,
          vat_rate: null,
          currency: base_currency,
        },
    ...(product && { version: product.version }),
    validate: (values) => ({
      ...(!values.name.trim() && { name: t`Name the product` }),
      ...(!/^\S{1,60}$/.test(values.code.trim()) && { code: t`A code without spaces` }),
      ...(!values.unit.trim() && { unit: t`In what it is counted` }),
      ...(problems.sum(values.price) && { price: problems.sum(values.price) }),
      ...(!CURRENCY.test(values.currency) && { currency: t`Three letters, as in EUR` }),
    }),
  })
  const { form, field, once, began, refuse, discard } = kept
  function send(values: Values) {
    const draft = {
      ...values,
      category: values.category.trim() || null,
      description: values.description.trim() || null,
      price: values.price || null,
    }
    const done = {
      onSuccess: ({ name }: Product) => {
        discard()
        notifications.show({ message: product ? t`Saved.` : t`“${name}” is added` })
        onDone()
      },
      onError: (error: unknown) => refuse(error),
    }
    if (product) change.mutate({ ...draft, version: began ?? product.version }, done)
    else add.mutate({ draft, once: once() }, done)
  }
  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={product ? t`Save` : t`Add product`}
      busy={add.isPending || change.isPending}
      onCancel={onDone}
    >
      <TextInput
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput label={t`Code`} withAsterisk maxLength={60} {...form.getInputProps('code')} />
        <TextInput label={t`Category`} maxLength={200} {...form.getInputProps('category')} />
        <TextInput label={t`Unit`} withAsterisk maxLength={20} {...form.getInputProps('unit')} />
        <VatSelect label={t`VAT`} {...field('vat_rate')} />
        <MoneyInput
          label={t`Price`}
          currency={CURRENCY.test(form.values.currency) ? form.values.currency : base_currency}
          {...field('price')}
        />
        <TextInput
          label={t`Currency`}
          withAsterisk
          maxLength={3}
          value={form.values.currency}
          error={form.errors.currency}
          onChange={(event) =>
            form.setFieldValue('currency', event.currentTarget.value.toUpperCase())
          }
        />
      </SimpleGrid>
      <Description maxLength={20_000} {...form.getInputProps('description')} />
    </EntryForm>
  )
}
