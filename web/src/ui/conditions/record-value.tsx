import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import { listDeals } from '@/shared/api/generated/sales'
import { given } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { nameQuery, type NamedField } from '@/shared/reference'
import { RecordSelect } from '@/ui/record-select'

const FOUND = 10

type Found = (
  asked: { q?: string; limit?: number },
  init: RequestInit,
) => Promise<{ items: Picked[] }>
const LISTS: Record<NamedField, Found> = {
  company_id: listCompanies,
  contact_id: listPeople,
  deal_id: async (asked, init) => {
    const { items } = await listDeals(asked, init)
    return { items: items.map(({ id, title }) => ({ id, name: title })) }
  },
}

type Props = {
  field: NamedField
  label: string
  value: string
  error?: ReactNode
  /** Without it the label stands above. */
  bare?: boolean
  onChange: (id: string) => void
}

/** A company, a person or a deal, found by typing. */
export function RecordValue({ field, label, value, error, bare, onChange }: Props) {
  const [words, setWords] = useState('')
  const found = useQuery({
    queryKey: ['find', field, words],
    queryFn: async ({ signal }): Promise<{ items: Picked[] }> =>
      await LISTS[field](given({ q: words, limit: FOUND }), { signal }),
    placeholderData: keepPreviousData,
  })
  const { data: name } = useQuery({ ...nameQuery(field, value), enabled: value !== '' })
  return (
    <RecordSelect
      label={label}
      bare={bare}
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
