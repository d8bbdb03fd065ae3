import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listDeals } from '@/shared/api/generated/sales'
import { given } from '@/shared/lib/list'
import type { PickerProps } from '@/shared/picked'
import { RecordSelect } from '@/ui/record-select'
import { dealKeys } from './queries'

/** Finds a deal by its title. */
export function DealPicker({ company: _company, ...field }: PickerProps) {
  const [words, setWords] = useState('')
  const found = useQuery({
    queryKey: [...dealKeys.all, 'find', words],
    queryFn: ({ signal }) => listDeals(given({ q: words, kind: 'open', limit: 10 }), { signal }),
    placeholderData: keepPreviousData,
  })
  return (
    <RecordSelect
      {...field}
      choices={(found.data?.items ?? []).map((deal) => ({
        id: deal.id,
        name: deal.title,
        hint: deal.company?.name ?? undefined,
      }))}
      searching={found.isFetching}
      failed={found.isError}
      onSearch={setWords}
    />
  )
}
