import { NumberInput, Select, SimpleGrid, Text, Textarea } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sellerQuery } from './queries'
import type { Deal, QuoteDraft, Seller } from '@/shared/api/generated/model'
import { makeQuote } from '@/shared/api/generated/sales'
import { isLocale, LOCALES } from '@/shared/i18n/i18n'
import { useDraftForm } from '@/shared/lib/form'
import { useMay } from '@/shared/reference'
import { EntryForm } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'
import { useQuotesTold } from './quote-queries'

type Values = {
  locale: string
  valid_days: number
  introduction: string
  terms: string
}
type Props = { deal: Deal; onDone: () => void }

/** A quote of the deal's lines as they are now. */
export function MakeForm({ deal, onDone }: Props) {
  const { data: seller } = useQuery(sellerQuery())
  if (!seller) return <ListSkeleton rows={4} />
  return <Form deal={deal} seller={seller} onDone={onDone} />
}

function Form({ deal, seller, onDone }: Props & { seller: Seller }) {
  const { t, i18n } = useLingui()
  const told = useQuotesTold()
  const mayTell = useMay('sales.product', 'edit')
  const make = useMutation({
    mutationFn: (sent: { draft: QuoteDraft; once: RequestInit }) =>
      makeQuote(deal.id, sent.draft, sent.once),
    onSuccess: told,
  })
  const kept = useDraftForm<Values>({
    draft: `quote.${deal.id}`,
    initial: {
      locale: i18n.locale,
      valid_days: seller.valid_days,
      introduction: '',
      terms: seller.terms ?? '',
    },
    validate: () => ({}),
  })
  const { form, once, refuse, discard } = kept
  function send({ locale, valid_days, introduction, terms }: Values) {
    const draft = {
      version: deal.version,
      valid_days,
      ...(isLocale(locale) && { locale }),
      introduction: introduction.trim() || null,
      terms: terms.trim() || null,
    }
    const done = {
      onSuccess: ({ number }: { number: string }) => {
        discard()
        notifications.show({ message: t`Quote ${number} is made` })
        onDone()
      },
      onError: (error: Error) => refuse(error),
    }
    make.mutate({ draft, once: once() }, done)
  }
  return (
    <EntryForm
      kept={kept}
      verb={t`Make the quote`}
      busy={make.isPending}
      onSubmit={form.onSubmit(send)}
      onCancel={onDone}
    >
      <Text size="sm" c="dimmed">
        {t`It shows the deal's lines as they are now. What is changed later changes no quote.`}
      </Text>
      {!seller.name && (
        <Text size="sm">
          {t`Nothing is told of the seller yet.`}{' '}
          {mayTell && <Link to="/administration/seller">{t`Fill in the requisites`}</Link>}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label={t`Language`}
          allowDeselect={false}
          data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('locale')}
        />
        <NumberInput
          label={t`Days it holds`}
          min={1}
          max={365}
          allowDecimal={false}
          {...form.getInputProps('valid_days')}
          onChange={(days) => form.setFieldValue('valid_days', Number(days) || 1)}
        />
      </SimpleGrid>
      <Textarea
        label={t`Introduction`}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        {...form.getInputProps('introduction')}
      />
      <Textarea
        label={t`Terms`}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        {...form.getInputProps('terms')}
      />
    </EntryForm>
  )
}
