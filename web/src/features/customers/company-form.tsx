import { SimpleGrid, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { Company, CompanyDraft } from '@/shared/api/generated/model'
import { useCustomFields } from '@/shared/custom-fields'
import { useDraftForm } from '@/shared/lib/form'
import { given } from '@/shared/lib/list'
import { CustomInputs, useCustomProblems } from '@/ui/custom-inputs'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { useAddCompany } from './changes'
import { NO_COMPANY, type CompanyValues } from './company-values'
import { useDuplicate } from './duplicate'
import { SourceField, TagsField } from '@/ui/labels'
import { LegalFields } from './legal-fields'
import { LinesInput } from './lines-input'
import { Suspects } from './suspects'

const looksOf = ({ name, inn, domain, phones, emails, city }: CompanyValues) => ({
  name,
  inn,
  domain,
  phones,
  emails,
  city,
})

type Props = { name?: string; onDone: (company: Company) => void; onCancel: () => void }

const INN = /^(\d{10}|\d{12})$/

export function CompanyForm({ name = '', onDone, onCancel }: Props) {
  const { t } = useLingui()
  const add = useAddCompany()
  const added = useCustomFields('company')
  const customProblems = useCustomProblems()
  const duplicate = useDuplicate()
  const initial = { ...NO_COMPANY, name }
  const kept = useDraftForm({
    draft: 'company.new',
    initial,
    fields: { parent_id: 'parent' },
    validate: (values) => ({
      ...customProblems(added, values.custom),
      ...(!values.name.trim() && { name: t`Name the company` }),
      ...(values.inn && !INN.test(values.inn) && { inn: t`10 or 12 digits` }),
    }),
  })
  const { form, field, once, refuse, discard } = kept
  const send = ({ parent, ...values }: CompanyValues) =>
    add.mutate(
      { draft: given({ ...values, parent_id: parent?.id }) as CompanyDraft, once: once() },
      {
        onSuccess: (company) => {
          discard()
          const { name: made } = company
          notifications.show({ message: t`“${made}” is added` })
          onDone(company)
        },
        onError: (error) => {
          refuse(error)
          const found = duplicate(error)
          if (found && found.field in initial) form.setFieldError(found.field, found.message)
        },
      },
    )
  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={t`Add company`}
      busy={add.isPending}
      onCancel={onCancel}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <Suspects kind="company" looks={looksOf(form.values)} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Offered right="customers.company.create" field="inn">
          <TextInput
            label={t`Tax number (INN)`}
            inputMode="numeric"
            {...form.getInputProps('inn')}
          />
        </Offered>
        <Offered right="customers.company.create" field="domain">
          <TextInput label={t`Website`} maxLength={253} {...form.getInputProps('domain')} />
        </Offered>
        <Offered right="customers.company.create" field="phones">
          <LinesInput label={t`Phones`} {...field('phones')} />
        </Offered>
        <Offered right="customers.company.create" field="emails">
          <LinesInput label={t`E-mails`} {...field('emails')} />
        </Offered>
        <Offered right="customers.company.create" field="links">
          <LinesInput
            label={t`Messengers and links`}
            placeholder={t`Telegram @user, vk.com/user`}
            {...field('links')}
          />
        </Offered>
        <Offered right="customers.company.create" field="city">
          <TextInput label={t`City`} maxLength={200} {...form.getInputProps('city')} />
        </Offered>
        <Offered right="customers.company.create" field="industry">
          <TextInput label={t`Industry`} maxLength={200} {...form.getInputProps('industry')} />
        </Offered>
        <Offered right="customers.company.create" field="tags">
          <TagsField kind="company" label={t`Tags`} {...field('tags')} />
        </Offered>
        <Offered right="customers.company.create" field="source">
          <SourceField kind="company" label={t`Source`} {...form.getInputProps('source')} />
        </Offered>
      </SimpleGrid>
      <LegalFields kept={kept} />
      <CustomInputs
        kind="company"
        right="customers.company.create"
        values={form.values.custom}
        onChange={(custom) => form.setFieldValue('custom', custom)}
        errors={form.errors}
      />
      <Offered right="customers.company.create" field="about">
        <Description {...form.getInputProps('about')} />
      </Offered>
    </EntryForm>
  )
}
