import { company, listCompanies, listPeople, person } from '@/shared/api/generated/customers'
import { deal, listDeals } from '@/shared/api/generated/sales'
import { ApiError } from '@/shared/api/http'

type Named = { id: string; name: string }

/** How records are found by their ids, and how one is told by itself. */
const KINDS = {
  company_id: {
    many: async (ids: string): Promise<Named[]> => (await listCompanies({ ids, limit: 200 })).items,
    one: async (id: string) => (await company(id)).name,
  },
  contact_id: {
    many: async (ids: string): Promise<Named[]> => (await listPeople({ ids, limit: 200 })).items,
    one: async (id: string) => (await person(id)).name,
  },
  deal_id: {
    many: async (ids: string): Promise<Named[]> => {
      const { items } = await listDeals({ ids, limit: 200 })
      return items.map(({ id, title }) => ({ id, name: title }))
    },
    one: async (id: string) => (await deal(id)).title,
  },
}
/** Fields by whose name it is known of what record their ids are. */
export type NamedField = keyof typeof KINDS
export const isNamedField = (field: string): field is NamedField => field in KINDS

const MOST = 200
type Waiting = Map<string, Promise<string>>
const waiting = new Map<NamedField, { ids: Waiting; found: Promise<Map<string, string>> }>()

/** What a record is called: those that a page asks for in one moment are asked for together. */
export function recordName(field: NamedField, id: string): Promise<string> {
  let batch = waiting.get(field)
  if (!batch || batch.ids.size >= MOST) {
    const ids: Waiting = new Map()
    const found = new Promise((resolve) => setTimeout(resolve, 0)).then(async () => {
      if (waiting.get(field)?.ids === ids) waiting.delete(field)
      const named = await KINDS[field].many([...ids.keys()].join(','))
      return new Map(named.map((one) => [one.id, one.name]))
    })
    batch = { ids, found }
    waiting.set(field, batch)
  }
  const known = batch.ids.get(id)
  if (known) return known
  const told = batch.found.then((names) => names.get(id) ?? stands(field, id))
  batch.ids.set(id, told)
  return told
}

/** The name of what a record has become a part of; whoever may not see it is refused. */
async function stands(field: NamedField, id: string): Promise<string> {
  const { one } = KINDS[field]
  try {
    return await one(id)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'customers.merged') throw error
    const { into } = error.data as { into?: unknown }
    if (typeof into !== 'string') throw error
    return one(into)
  }
}
