import { Group, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { DealDraft } from '@/shared/api/generated/model'
import { isOf, useCustomFields, valuesOf, type CustomValues } from '@/shared/custom-fields'
import { useDraftForm } from '@/shared/lib/form'
import { given } from '@/shared/lib/list'
import type { Picked, Picker } from '@/shared/picked'
import { useMe, usePipelinesInUse } from '@/shared/reference'
import { CustomInputs, useCustomProblems } from '@/ui/custom-inputs'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { useOpenDeal } from './changes'

type Props = {
  company?: Picked
  pipelineId?: string
  stageId?: string
  CompanyPicker: Picker
  PersonPicker: Picker
  onDone: () => void
}

const FIELDS = {
  company_id: 'company',
  contact_id: 'contact',
  worth: 'amount',
  'worth.amount': 'amount',
  'worth.currency': 'currency',
} as const

/** A new deal, for a company with a contact; both may be created on the way. */
export function DealForm({ CompanyPicker, PersonPicker, onDone, ...start }: Props) {
  const { t } = useLingui()
  const pipelines = usePipelinesInUse()
  const { base_currency } = useMe()
  const problems = useEntryProblems()
  const customProblems = useCustomProblems()
  const added = useCustomFields('deal')
  const open = useOpenDeal()
  const initial = {
    title: '',
    pipeline_id: start.pipelineId ?? pipelines[0]?.id ?? '',
    stage_id: start.stageId ?? '',
    company: (start.company ?? null) as Picked | null,
    contact: null as Picked | null,
    amount: '',
    currency: base_currency,
    expected_on: null as string | null,
    about: '',
    custom: {} as CustomValues,
  }
  const kept = useDraftForm({
    draft: `deal.new.${start.company?.id ?? ''}`,
    initial,
    fields: FIELDS,
    validate: (values) => ({
      title: values.title.trim() ? null : t`Name the deal`,
      amount: problems.sum(values.amount),
      expected_on: problems.day(values.expected_on),
      ...customProblems(
        added.filter((one) => isOf(one, values.pipeline_id)),
        values.custom,
      ),
    }),
  })
  const { form, field, once, refuse, discard } = kept
  const { values } = form
  const stages =
    pipelines
      .find((pipeline) => pipeline.id === values.pipeline_id)
      ?.stages.filter((stage) => stage.kind === 'open') ?? []
  const currencies = [...new Set([base_currency, 'RUB', 'USD', 'EUR', 'CNY'])]

  function send() {
    const draft = given({
      title: values.title,
      pipeline_id: values.pipeline_id,
      stage_id: values.stage_id,
      company_id: values.company?.id,
      contact_id: values.contact?.id,
      worth: values.amount ? { amount: values.amount, currency: values.currency } : null,
      expected_on: values.expected_on,
      about: values.about,
      custom: valuesOf(
        added.filter((one) => isOf(one, values.pipeline_id)),
        values.custom,
      ),
    }) as DealDraft
    open.mutate(
      { draft, once: once() },
      {
        onSuccess: ({ title }) => {
          discard()
          notifications.show({ message: t`Deal “${title}” is created` })
          onDone()
        },
        onError: (error) => refuse(error),
      },
    )
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={t`Create deal`}
      busy={open.isPending}
      onCancel={onDone}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t`Title`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('title')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Offered right="sales.deal.create" field="company_id">
          <CompanyPicker label={t`Company`} {...field('company')} />
        </Offered>
        <Offered right="sales.deal.create" field="contact_id">
          <PersonPicker label={t`Contact`} company={values.company} {...field('contact')} />
        </Offered>
        <Offered right="sales.deal.create" field="worth">
          <Group gap={6} wrap="nowrap" align="flex-start">
            <MoneyInput flex={1} label={t`Sum`} currency={values.currency} {...field('amount')} />
            <Select
              w={88}
              label={t`Currency`}
              allowDeselect={false}
              data={currencies}
              {...form.getInputProps('currency')}
            />
          </Group>
        </Offered>
        <Offered right="sales.deal.create" field="expected_on">
          <DateField label={t`Expected on`} {...field('expected_on')} />
        </Offered>
        <Select
          label={t`Pipeline`}
          allowDeselect={false}
          data={pipelines.map((pipeline) => ({ value: pipeline.id, label: pipeline.name }))}
          {...form.getInputProps('pipeline_id')}
          onChange={(id) => form.setValues({ pipeline_id: id ?? '', stage_id: '' })}
        />
        <Select
          label={t`Stage`}
          allowDeselect={false}
          data={stages.map((stage) => ({ value: stage.id, label: stage.name }))}
          {...form.getInputProps('stage_id')}
          value={values.stage_id || (stages[0]?.id ?? null)}
        />
      </SimpleGrid>
      <CustomInputs
        kind="deal"
        right="sales.deal.create"
        values={values.custom}
        onChange={(custom) => form.setFieldValue('custom', custom)}
        errors={form.errors}
        pipeline={values.pipeline_id}
      />
      <Offered right="sales.deal.create" field="about">
        <Description {...form.getInputProps('about')} />
      </Offered>
    </EntryForm>
  )
}
