import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/shared/api/http'
import {
  addCompany,
  addPerson,
  changeCompany,
  changePerson,
} from '@/shared/api/generated/customers'
import type {
  Company,
  CompanyChange,
  CompanyDraft,
  Person,
  PersonChange,
  PersonDraft,
} from '@/shared/api/generated/model'
import { useInTurn } from '@/shared/lib/in-turn'
import { patchRows, type Pages } from '@/shared/lib/list'
import { refreshLists } from '@/shared/lib/long-list'
import { companyKeys, personKeys } from './queries'

type Keys = typeof companyKeys | typeof personKeys

/** Puts a record as it is now wherever it is shown. */
export function putRecord<T extends { id: string; version: number }>(
  queries: QueryClient,
  keys: Keys,
  record: T,
): void {
  queries.setQueryData<T>(keys.one(record.id), (known) =>
    known && known.version > record.version ? known : record,
  )
  const changed = new Map([[record.id, record]])
  queries.setQueriesData<Pages<T>>({ queryKey: keys.lists }, (data) => patchRows(data, changed))
}

/** Shows what a stale change was refused for; the text that was typed stays in its field. */
function putCurrent(queries: QueryClient, keys: Keys, error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'stale') return
  const { current } = (error.data ?? {}) as { current?: Company | Person }
  if (current) putRecord(queries, keys, current)
}

export function useAddCompany() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: CompanyDraft; once: RequestInit }) =>
      addCompany(sent.draft, sent.once),
    onSuccess: (record) => {
      putRecord(queries, companyKeys, record)
      refreshLists(queries, companyKeys.lists)
    },
  })
}

export function useAddPerson() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: PersonDraft; once: RequestInit }) =>
      addPerson(sent.draft, sent.once),
    onSuccess: (record) => {
      putRecord(queries, personKeys, record)
      refreshLists(queries, personKeys.lists)
    },
  })
}

export type SaveCompany = (
  change: Omit<CompanyChange, 'version'>,
  version: number,
) => Promise<unknown>
export type SavePerson = (
  change: Omit<PersonChange, 'version'>,
  version: number,
) => Promise<unknown>

export function useSaveCompany(record: Company): SaveCompany {
  const queries = useQueryClient()
  const inTurn = useInTurn()
  const { mutateAsync } = useMutation({
    mutationFn: (change: CompanyChange) => changeCompany(record.id, change),
    onSuccess: (saved) => {
      putRecord(queries, companyKeys, saved)
      void queries.invalidateQueries({ queryKey: companyKeys.history(record.id) })
    },
    onError: (error) => putCurrent(queries, companyKeys, error),
  })
  return (change, version) => inTurn(version, (now) => mutateAsync({ ...change, version: now }))
}

export function useSavePerson(record: Person): SavePerson {
  const queries = useQueryClient()
  const inTurn = useInTurn()
  const { mutateAsync } = useMutation({
    mutationFn: (change: PersonChange) => changePerson(record.id, change),
    onSuccess: (saved) => {
      putRecord(queries, personKeys, saved)
      void queries.invalidateQueries({ queryKey: personKeys.history(record.id) })
    },
    onError: (error) => putCurrent(queries, personKeys, error),
  })
  return (change, version) => inTurn(version, (now) => mutateAsync({ ...change, version: now }))
}
