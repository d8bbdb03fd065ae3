import { queryOptions } from '@tanstack/react-query'
import {
  company,
  companyHistory,
  listCompanies,
  listPeople,
  person,
  personHistory,
} from '@/shared/api/generated/customers'
import type { ListCompaniesParams, ListPeopleParams } from '@/shared/api/generated/model'
import { historyQuery } from '@/shared/history'
import { given, listQuery, pageSize } from '@/shared/lib/list'

export const companyKeys = {
  all: ['companies'] as const,
  lists: ['companies', 'list'] as const,
  one: (id: string) => ['companies', 'one', id] as const,
  history: (id: string) => ['companies', 'history', id] as const,
}

export const personKeys = {
  all: ['people'] as const,
  lists: ['people', 'list'] as const,
  one: (id: string) => ['people', 'one', id] as const,
  history: (id: string) => ['people', 'history', id] as const,
}

export const companiesQuery = (params: ListCompaniesParams) => {
  const set = given(params)
  return listQuery([...companyKeys.lists, set] as const, (after, signal) =>
    listCompanies(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

export const peopleQuery = (params: ListPeopleParams) => {
  const set = given(params)
  return listQuery([...personKeys.lists, set] as const, (after, signal) =>
    listPeople(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

export const companyQuery = (id: string) =>
  queryOptions({ queryKey: companyKeys.one(id), queryFn: ({ signal }) => company(id, { signal }) })

export const personQuery = (id: string) =>
  queryOptions({ queryKey: personKeys.one(id), queryFn: ({ signal }) => person(id, { signal }) })

export const companyHistoryQuery = (id: string) =>
  historyQuery(companyKeys.history(id), id, companyHistory)

export const personHistoryQuery = (id: string) =>
  historyQuery(personKeys.history(id), id, personHistory)
