import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  IconAddressBook,
  IconBuilding,
  IconCheckbox,
  IconListDetails,
  type IconPlus,
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import type { Hit, Hits, Mark } from '@/shared/api/generated/model'
import { listDeals } from '@/shared/api/generated/sales'
import { search } from '@/shared/api/generated/search'
import { ApiError } from '@/shared/api/http'
import { recent } from '@/shared/recent'

type Kind = Hit['kind']
export type FoundRecord = {
  id: string
  name: string
  hint: string | null
  kind: Kind
  /** The field that matched, where it is not the name. */
  match: { field: string; text: string; marks: Mark[] } | undefined
  marks: Mark[]
  path: string
}
export type FoundGroup = { kind: Kind; records: FoundRecord[]; more: boolean }
export type State = 'found' | 'searching' | 'failed'

export const KINDS: Record<
  Kind,
  { title: MessageDescriptor; icon: typeof IconPlus; list?: '/deals' | '/companies' | '/people' }
> = {
  deal: { title: msg`Deals`, icon: IconListDetails, list: '/deals' },
  company: { title: msg`Companies`, icon: IconBuilding, list: '/companies' },
  person: { title: msg`People`, icon: IconAddressBook, list: '/people' },
  task: { title: msg`Tasks`, icon: IconCheckbox },
}
const ORDER = Object.keys(KINDS) as Kind[]
const PAGES: Record<Kind, string> = {
  deal: '/deals/',
  company: '/companies/',
  person: '/people/',
  task: '/',
}
const NAMES = new Set(['name', 'title'])

/** What modules that do not answer are called. */
export const MODULES: Record<string, MessageDescriptor> = {
  customers: msg`companies and people`,
  sales: msg`deals`,
  activities: msg`tasks`,
}

/** The records found for `words`; what was found before stays until the answer is here. */
export function useFound(typed: string, words: string) {
  const asked = words.length > 1 ? words : ''
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['palette', asked],
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => search({ q: asked }, { signal }),
    // who was too late is asked again
    refetchInterval: ({ state }) => (state.data && state.data.missing.length > 0 ? 1000 : false),
  })
  const now = typed.trim() === words && !isPlaceholderData
  if (asked === '' || error) {
    const state: State = error && asked !== '' ? 'failed' : 'found'
    return { groups: [], missing: [], state }
  }
  const state: State = now && data ? 'found' : 'searching'
  // what was found for other words is not to be opened by Enter
  const groups = now && data ? grouped(data.found) : []
  return { groups, missing: data?.missing ?? [], state }
}

function grouped(found: readonly Hits[]): FoundGroup[] {
  return ORDER.flatMap((kind) =>
    found
      .filter((one) => one.kind === kind)
      .map((one) => ({ kind, records: one.hits.map(recordOf), more: one.more })),
  )
}

function recordOf(hit: Hit): FoundRecord {
  const named = hit.matches.find((match) => NAMES.has(match.field))
  const about = hit.about_kind && hit.about_id ? PAGES[hit.about_kind] + hit.about_id : undefined
  return {
    id: hit.id,
    name: hit.name,
    hint: hit.hint,
    kind: hit.kind,
    marks: named?.marks ?? [],
    match: hit.matches.find((match) => !NAMES.has(match.field)),
    path: hit.kind === 'task' ? (about ?? '/') : PAGES[hit.kind] + hit.id,
  }
}

const nothing = (error: unknown) => {
  // what one may not list is simply not offered
  if (error instanceof ApiError && error.status === 403) return { items: [] }
  throw error
}

/** The records looked at last, as they are called now; gone ones and others' are not among them. */
export function useRecent(person: string): FoundRecord[] {
  const visited = recent(person)
  const { data } = useQuery({
    queryKey: ['palette', 'recent', visited.map(({ id }) => id).join()],
    enabled: visited.length > 0,
    queryFn: async ({ signal }) => {
      const ids = (to: string) => {
        const some = visited.filter((one) => one.to === to).map((one) => one.id)
        return some.length > 0 ? { ids: some.join(), limit: some.length } : undefined
      }
      const none = Promise.resolve({ items: [] })
      const [deals, companies, people] = [ids('deals'), ids('companies'), ids('people')]
      const [dealsRead, companiesRead, peopleRead] = await Promise.all([
        deals ? listDeals(deals, { signal }).catch(nothing) : none,
        companies ? listCompanies(companies, { signal }).catch(nothing) : none,
        people ? listPeople(people, { signal }).catch(nothing) : none,
      ])
      const of = (kind: Kind, id: string, name: string, hint?: string | null): FoundRecord => {
        const path = PAGES[kind] + id
        return { id, name, kind, hint: hint ?? null, marks: [], match: undefined, path }
      }
      const records: FoundRecord[] = [
        ...dealsRead.items.map((one) => of('deal', one.id, one.title, one.company?.name)),
        ...companiesRead.items.map((one) => of('company', one.id, one.name, one.city)),
        ...peopleRead.items.map((one) => of('person', one.id, one.name, one.company?.name)),
      ]
      return visited.flatMap(({ id }) => records.find((one) => one.id === id) ?? [])
    },
  })
  return data ?? []
}
