import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { PriceList } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { useFormat } from '@/shared/i18n/format'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMay, useMe } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { FormFooter, FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { priceListsQuery, useAddPriceList, useChangePriceList } from './queries'

/** The price lists there are: what they are called, in what they are told, how long they hold. */
export function PriceLists() {
  const { t } = useLingui()
  const mayEdit = useMay('sales.product', 'edit')
  const [open, setOpen] = useState<PriceList | 'new'>()
  const { data, error, refetch } = useQuery(priceListsQuery())
  const close = () => setOpen(undefined)
  return (
    <Section
      title={t`Price lists`}
      actions={
        mayEdit && (
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setOpen('new')}
          >
            {t`Add a price list`}
          </Button>
        )
      }
    >
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <ListSkeleton rows={2} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t`Products are sold at their own price while there is no price list.`}
        </Text>
      )}
      <ul className="pr-lists">
        {data?.map((list) => (
          <Row key={list.id} list={list} onOpen={mayEdit ? () => setOpen(list) : undefined} />
        ))}
      </ul>
      {open && (
        <Modal opened onClose={close} title={open === 'new' ? t`New price list` : t`Price list`}>
          <ListForm list={open === 'new' ? undefined : open} onDone={close} />
        </Modal>
      )}
    </Section>
  )
}

function Row({ list, onOpen }: { list: PriceList; onOpen: (() => void) | undefined }) {
  const { t } = useLingui()
  const format = useFormat()
  const from = list.valid_from && format.date(list.valid_from)
  const until = list.valid_until && format.date(list.valid_until)
  return (
    <li>
      {onOpen ? (
        <button type="button" className="g-link pr-name" onClick={onOpen}>
          {list.name}
        </button>
      ) : (
        <b>{list.name}</b>
      )}
      <Text span size="sm" c="dimmed">
        {[
          list.currency,
          list.with_vat ? t`VAT included` : t`VAT on top`,
          from && t`from ${from}`,
          until && t`until ${until}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {list.archived && <Tag>{t`Put away`}</Tag>}
    </li>
  )
}

function ListForm({ list, onDone }: { list: PriceList | undefined; onDone: () => void }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const { base_currency } = useMe()
  const add = useAddPriceList()
  const change = useChangePriceList()
  const [name, setName] = useState(list?.name ?? '')
  const [currency, setCurrency] = useState(list?.currency ?? base_currency)
  const [with_vat, setWithVat] = useState(list?.with_vat ?? true)
  const [valid_from, setFrom] = useState(list?.valid_from ?? null)
  const [valid_until, setUntil] = useState(list?.valid_until ?? null)
  const [archived, setArchived] = useState(list?.archived ?? false)
  const error = add.error ?? change.error
  const errors = error instanceof ApiError ? error.errors : []
  const wrong = (field: string) => {
    const found = errors.find((one) => one.field === field)
    return found && fieldText(i18n, found)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const told = { name, with_vat, valid_from, valid_until }
    if (list) {
      const { id, version } = list
      change.mutate({ ...told, archived, id, version }, { onSuccess: onDone })
    } else add.mutate({ ...told, currency }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormProblem>{error && errors.length === 0 && problemText(error)}</FormProblem>
        <TextInput
          data-autofocus
          label={t`Name`}
          withAsterisk
          maxLength={200}
          value={name}
          error={wrong('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t`Currency`}
          maxLength={3}
          disabled={list !== undefined}
          value={currency}
          error={wrong('currency')}
          onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
        />
        <Checkbox
          label={t`Prices include VAT`}
          checked={with_vat}
          onChange={(event) => setWithVat(event.currentTarget.checked)}
        />
        <Group grow align="start">
          <DateField
            label={t`From the day`}
            value={valid_from}
            error={wrong('valid_from')}
            onChange={setFrom}
          />
          <DateField
            label={t`Until the day`}
            value={valid_until}
            error={wrong('valid_until')}
            onChange={setUntil}
          />
        </Group>
        {list && (
          <Checkbox
            label={t`Put away`}
            checked={archived}
            onChange={(event) => setArchived(event.currentTarget.checked)}
          />
        )}
        <FormFooter
          verb={list ? t`Save` : t`Add a price list`}
          busy={add.isPending || change.isPending}
          onCancel={onDone}
        />
      </Stack>
    </form>
  )
}
