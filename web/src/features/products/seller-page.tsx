import {
  Button,
  NumberInput,
  SimpleGrid,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Seller } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { sellerQuery, useChangeSeller } from './queries'

/** Who sells, as quotes say, and what quotes and lines begin with. */
export function SellerPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(sellerQuery())
  return (
    <Page title={t`Requisites`} hint={t`What quotes say of the seller`}>
      <Section title={t`The seller`}>
        {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
        {!data && !error && <ListSkeleton rows={4} />}
        {data && <SellerForm key={data.version} seller={data} />}
      </Section>
    </Page>
  )
}

function useWords() {
  const { t } = useLingui()
  return {
    name: t`Legal name`,
    inn: t`Tax number (INN)`,
    kpp: t`Registration reason code (KPP)`,
    ogrn: t`Registration number (OGRN)`,
    address: t`Legal address`,
    phone: t`Phone`,
    email: t`E-mail`,
    bank: t`Bank`,
    bik: t`Bank code (BIK)`,
    account: t`Bank account`,
    correspondent: t`Correspondent account`,
    signer: t`Who signs`,
  }
}

type Field = keyof ReturnType<typeof useWords>

function SellerForm({ seller }: { seller: Seller }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const words = useWords()
  const save = useChangeSeller()
  const [told, setTold] = useState(seller)
  const errors = save.error instanceof ApiError ? save.error.errors : []
  const wrong = (field: string) => {
    const found = errors.find((one) => one.field.split('.')[0] === field)
    return found && fieldText(i18n, found)
  }
  const put = (change: Partial<Seller>) => setTold({ ...told, ...change })
  function submit(event: FormEvent) {
    event.preventDefault()
    const onSuccess = () => notifications.show({ message: t`Saved.` })
    save.mutate(told, { onSuccess })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={760}>
        <FormProblem>{save.error && errors.length === 0 && problemText(save.error)}</FormProblem>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {Object.entries(words).map(([name, label]) => (
            <TextInput
              key={name}
              label={label}
              maxLength={500}
              value={told[name as Field] ?? ''}
              error={wrong(name)}
              onChange={(event) => put({ [name]: event.currentTarget.value || null })}
            />
          ))}
          <NumberInput
            label={t`Days a quote holds`}
            min={1}
            max={365}
            allowDecimal={false}
            value={told.valid_days}
            error={wrong('valid_days')}
            onChange={(days) => put({ valid_days: Number(days) || 1 })}
          />
        </SimpleGrid>
        <TagsInput
          label={t`VAT rates in use, %`}
          description={t`The general rate in Russia is 22 % since 1 January 2026`}
          value={told.vat_rates}
          error={wrong('vat_rates')}
          onChange={(rates) => put({ vat_rates: rates.map((rate) => rate.replace(',', '.')) })}
        />
        <Textarea
          label={t`Terms that quotes begin with`}
          autosize
          minRows={2}
          maxLength={20_000}
          value={told.terms ?? ''}
          error={wrong('terms')}
          onChange={(event) => put({ terms: event.currentTarget.value || null })}
        />
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          {t`Save`}
        </Button>
      </Stack>
    </form>
  )
}
