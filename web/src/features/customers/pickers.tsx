import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import { given } from '@/shared/lib/list'
import { useProblemText } from '@/shared/i18n/problems'
import type { PickerProps } from '@/shared/picked'
import { useMay } from '@/shared/reference'
import { RecordSelect } from '@/ui/record-select'
import { useAddCompany, useAddPerson } from './changes'
import { companyKeys, personKeys } from './queries'

const FOUND = 10

/** Finds a company by its name; creates the one that is missing. */
export function CompanyPicker({ company: _company, ...field }: PickerProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [words, setWords] = useState('')
  const add = useAddCompany()
  const mayCreate = useMay('customers.company', 'create')
  const found = useQuery({
    queryKey: [...companyKeys.all, 'find', words],
    queryFn: ({ signal }) => listCompanies(given({ q: words, limit: FOUND }), { signal }),
    placeholderData: keepPreviousData,
  })
  const create = (name: string) =>
    add.mutate(
      { draft: { name }, once: {} },
      {
        onSuccess: (company) => field.onChange({ id: company.id, name: company.name }),
        onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
      },
    )
  return (
    <RecordSelect
      {...field}
      choices={(found.data?.items ?? []).map((company) => ({
        id: company.id,
        name: company.name,
        hint: [company.city, company.inn].filter(Boolean).join(' · ') || undefined,
      }))}
      searching={found.isFetching}
      failed={found.isError}
      onSearch={setWords}
      onCreate={mayCreate ? create : undefined}
      createVerb={(name) => t`Create the company “${name}”`}
      creating={add.isPending}
    />
  )
}

/** Finds a person by name, those of the chosen company first; creates the one who is missing. */
export function PersonPicker({ company, ...field }: PickerProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [words, setWords] = useState('')
  const add = useAddPerson()
  const mayCreate = useMay('customers.person', 'create')
  const companyId = company?.id
  const found = useQuery({
    queryKey: [...personKeys.all, 'find', words, companyId ?? ''],
    queryFn: async ({ signal }) => {
      const asked = { q: words, limit: FOUND }
      const near = companyId
        ? (await listPeople(given({ ...asked, company_id: companyId }), { signal })).items
        : []
      if (near.length >= FOUND) return near
      const far = (await listPeople(given(asked), { signal })).items
      const known = new Set(near.map((person) => person.id))
      return [...near, ...far.filter((person) => !known.has(person.id))].slice(0, FOUND)
    },
    placeholderData: keepPreviousData,
  })
  const create = (name: string) =>
    add.mutate(
      { draft: { name, ...(companyId && { company_id: companyId }) }, once: {} },
      {
        onSuccess: (person) => field.onChange({ id: person.id, name: person.name }),
        onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
      },
    )
  return (
    <RecordSelect
      {...field}
      choices={(found.data ?? []).map((person) => ({
        id: person.id,
        name: person.name,
        hint: [person.position, person.company?.name].filter(Boolean).join(' · ') || undefined,
      }))}
      searching={found.isFetching}
      failed={found.isError}
      onSearch={setWords}
      onCreate={mayCreate ? create : undefined}
      createVerb={(name) => t`Create the person “${name}”`}
      creating={add.isPending}
    />
  )
}
