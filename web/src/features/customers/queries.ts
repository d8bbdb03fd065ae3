import { queryOptions, type QueryClient } from '@tanstack/react-query'
import {
  company,
  companyHistory,
  erasure,
  listCompanies,
  listPeople,
  person,
  personHistory,
} from '@/shared/api/generated/customers'
import { ApiError } from '@/shared/api/http'
import type {
  ListCompaniesParams,
  ListPeopleParams,
  RecordPagePerson,
} from '@/shared/api/generated/model'
import { companyPage, personPage } from '@/shared/api/generated/pages'
import { historyQuery } from '@/shared/history'
import { given, listQuery, pageSize } from '@/shared/lib/list'
import { newest } from '@/shared/lib/newest'

export const companyKeys = {
  all: ['companies'] as const,
  lists: ['companies', 'list'] as const,
  groups: ['companies', 'groups'] as const,
  one: (id: string) => ['companies', 'one', id] as const,
  history: (id: string) => ['companies', 'history', id] as const,
}

export const personKeys = {
  all: ['people'] as const,
  lists: ['people', 'list'] as const,
  groups: ['people', 'groups'] as const,
  one: (id: string) => ['people', 'one', id] as const,
  history: (id: string) => ['people', 'history', id] as const,
  erasure: (id: string) => ['people', 'erasure', id] as const,
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
  queryOptions({
    queryKey: companyKeys.one(id),
    queryFn: ({ signal }) => company(id, { signal }),
    structuralSharing: newest,
  })

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: personKeys.one(id),
    queryFn: ({ signal }) => person(id, { signal }),
    structuralSharing: newest,
  })

type Around = Omit<RecordPagePerson, 'record'>

/** Reads a company with what its page shows; `keep` is given what others know of it. */
export const readCompany = (queries: QueryClient, id: string, keep: (around: Around) => void) =>
  queries.prefetchQuery({
    ...companyQuery(id),
    queryFn: async ({ signal }) => {
      const { record, ...around } = await companyPage(id, { signal })
      keep(around)
      return record
    },
  })

/** The same of a person. */
export const readPerson = (queries: QueryClient, id: string, keep: (around: Around) => void) =>
  queries.prefetchQuery({
    ...personQuery(id),
    queryFn: async ({ signal }) => {
      const { record, ...around } = await personPage(id, { signal })
      keep(around)
      return record
    },
  })

const SOON = 1000

/** What became of the wish to erase a person; nothing while nobody has asked for it. */
export const erasureQuery = (id: string, may: boolean) =>
  queryOptions({
    queryKey: personKeys.erasure(id),
    queryFn: async ({ signal }) => {
      try {
        return await erasure(id, { signal })
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not-found') return null
        throw error
      }
    },
    enabled: may,
    refetchInterval: ({ state }) => (state.data && !state.data.done_at ? SOON : false),
  })

export const companyHistoryQuery = (id: string) =>
  historyQuery(companyKeys.history(id), id, companyHistory)

export const personHistoryQuery = (id: string) =>
  historyQuery(personKeys.history(id), id, personHistory)
