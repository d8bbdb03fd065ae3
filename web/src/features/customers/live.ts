import type { QueryClient } from '@tanstack/react-query'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import { isBorn, type LiveMessage } from '@/shared/api/live'
import { customFieldsQuery } from '@/shared/custom-fields'
import { withoutRows, type Pages } from '@/shared/lib/list'
import { refreshLists } from '@/shared/lib/long-list'
import { putRecord } from './changes'
import { companyKeys, personKeys } from './queries'

const BATCH = 100

type Keys = typeof companyKeys | typeof personKeys
type Read = (params: { ids: string; limit: number }) => Promise<{
  items: { id: string; version: number }[]
}>

/** Reads changed records that are on screen again, in batches. */
async function changed(
  queries: QueryClient,
  messages: readonly LiveMessage[],
  keys: Keys,
  read: Read,
): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH) {
    const ids = messages.slice(from, from + BATCH).map((message) => message.id)
    const { items } = await read({ ids: ids.join(','), limit: BATCH })
    for (const record of items) putRecord(queries, keys, record)
    const seen = new Set(items.map((record) => record.id))
    // one that is not answered is no longer the reader's to see: its page asks and says so
    const gone = new Set(ids.filter((id) => !seen.has(id)))
    for (const id of gone) void queries.invalidateQueries({ queryKey: keys.one(id) })
    queries.setQueriesData<Pages<{ id: string }>>({ queryKey: keys.lists }, (data) =>
      withoutRows(data, gone),
    )
    for (const id of ids) void queries.invalidateQueries({ queryKey: keys.history(id) })
  }
  const born = messages.some(isBorn)
  if (born) refreshLists(queries, keys.lists)
  void queries.invalidateQueries({ queryKey: keys.groups })
}

export const companiesChanged = (queries: QueryClient, messages: readonly LiveMessage[]) =>
  changed(queries, messages, companyKeys, listCompanies)

export const peopleChanged = (queries: QueryClient, messages: readonly LiveMessage[]) =>
  changed(queries, messages, personKeys, listPeople)

const ROLLED = { company: 'companies', person: 'people' } as const

/** A page that shows what is rolled up over linked records reads it again: no message tells of it. */
export function rolledUp(queries: QueryClient): void {
  for (const kind of ['company', 'person'] as const) {
    const fields = queries.getQueryData(customFieldsQuery(kind).queryKey)
    if (fields?.some((field) => field.roll_up && !field.archived))
      void queries.invalidateQueries({ queryKey: [ROLLED[kind], 'one'] })
  }
}
