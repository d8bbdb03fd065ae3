import { SimpleGrid, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import type { Person, PersonDraft } from '@/shared/api/generated/model'
import { useCustomFields, type CustomValues } from '@/shared/custom-fields'
import { useDraftForm } from '@/shared/lib/form'
import { given } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { CustomInputs, useCustomProblems } from '@/ui/custom-inputs'
import { Description, EntryForm, Offered } from '@/ui/form-parts'
import { useAddPerson } from './changes'
import { useDuplicate } from './duplicate'
import { SourceField, TagsField } from '@/ui/labels'
import { LinesInput } from './lines-input'
import { CompanyPicker } from './pickers'
import { Suspects } from './suspects'

type Typed = {
  name: string
  company: Picked | null
  phones: string[]
  emails: string[]
  city: string
}

const looksOf = ({ name, company, phones, emails, city }: Typed) => ({
  name,
  company_id: company?.id ?? null,
  phones,
  emails,
  city,
})

type Props = { company?: Picked; onDone: (person: Person) => void; onCancel: () => void }

export function PersonForm({ company, onDone, onCancel }: Props) {
  const { t } = useLingui()
  const add = useAddPerson()
  const added = useCustomFields('person')
  const customProblems = useCustomProblems()
  const duplicate = useDuplicate()
  const initial = {
    name: '',
    position: '',
    document: '',
    company: (company ?? null) as Picked | null,
    phones: [] as string[],
    emails: [] as string[],
    links: [] as string[],
    city: '',
    tags: [] as string[],
    source: '',
    about: '',
    custom: {} as CustomValues,
  }
  const kept = useDraftForm({
    draft: `person.new.${company?.id ?? ''}`,
    initial,
    fields: { company_id: 'company' },
    unkept: ['document'],
    validate: (values) => ({
      ...customProblems(added, values.custom),
      ...(!values.name.trim() && { name: t`Fill in this field` }),
    }),
  })
  const { form, field, once, refuse, discard } = kept
  const send = ({ company: chosen, ...rest }: typeof initial) =>
    add.mutate(
      { draft: given({ ...rest, company_id: chosen?.id }) as PersonDraft, once: once() },
      {
        onSuccess: (person) => {
          discard()
          const { name } = person
          notifications.show({ message: t`“${name}” is added` })
          onDone(person)
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
      verb={t`Add person`}
      busy={add.isPending}
      onCancel={onCancel}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t({ message: 'Name', context: 'of a person' })}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <Suspects kind="person" looks={looksOf(form.values)} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Offered right="customers.person.create" field="company_id">
          <CompanyPicker label={t`Company`} {...field('company')} />
        </Offered>
        <Offered right="customers.person.create" field="position">
          <TextInput label={t`Position`} maxLength={200} {...form.getInputProps('position')} />
        </Offered>
        <Offered right="customers.person.create" field="phones">
          <LinesInput label={t`Phones`} {...field('phones')} />
        </Offered>
        <Offered right="customers.person.create" field="emails">
          <LinesInput label={t`E-mails`} {...field('emails')} />
        </Offered>
        <Offered right="customers.person.create" field="links">
          <LinesInput
            label={t`Messengers and links`}
            placeholder={t`Telegram @user, vk.com/user`}
            {...field('links')}
          />
        </Offered>
        <Offered right="customers.person.create" field="city">
          <TextInput label={t`City`} maxLength={200} {...form.getInputProps('city')} />
        </Offered>
        <Offered right="customers.person.create" field="document">
          <TextInput
            label={t`Number of the identity document`}
            maxLength={50}
            autoComplete="off"
            {...form.getInputProps('document')}
          />
        </Offered>
        <Offered right="customers.person.create" field="tags">
          <TagsField kind="person" label={t`Tags`} {...field('tags')} />
        </Offered>
        <Offered right="customers.person.create" field="source">
          <SourceField kind="person" label={t`Source`} {...form.getInputProps('source')} />
        </Offered>
      </SimpleGrid>
      <CustomInputs
        kind="person"
        right="customers.person.create"
        values={form.values.custom}
        onChange={(custom) => form.setFieldValue('custom', custom)}
        errors={form.errors}
      />
      <Offered right="customers.person.create" field="about">
        <Description {...form.getInputProps('about')} />
      </Offered>
    </EntryForm>
  )
}
