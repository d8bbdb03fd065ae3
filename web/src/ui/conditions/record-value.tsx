import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import { given } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { nameQuery, type NamedField } from '@/shared/reference'
import { RecordSelect } from '@/ui/record-select'

const FOUND = 10

type Props = {
  field: NamedField
  label: string
  value: string
  error?: string | undefined
  onChange: (id: string) => void
}

/** A company or a person to compare with, found by typing. */
export function RecordValue({ field, label, value, error, onChange }: Props) {
  const [words, setWords] = useState('')
  const list = field === 'company_id' ? listCompanies : listPeople
  const found = useQuery({
    queryKey: ['find', field, words],
    queryFn: async ({ signal }): Promise<{ items: Picked[] }> =>
      await list(given({ q: words, limit: FOUND }), { signal }),
    placeholderData: keepPreviousData,
  })
  const { data: name } = useQuery({ ...nameQuery(field, value), enabled: value !== '' })
  return (
    <RecordSelect
      label={label}
      value={value === '' ? null : { id: value, name: name ?? '…' }}
      choices={found.data?.items ?? []}
      searching={found.isFetching}
      failed={found.isError}
      error={error}
      onSearch={setWords}
      onChange={(chosen) => onChange(chosen?.id ?? '')}
    />
  )
}
