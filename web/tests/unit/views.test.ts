import { expect, test } from 'vitest'
import { folded, paramsOf, unfolded } from '@/features/sales/deals-search'
import type { View } from '@/shared/api/generated/model'
import { addressOf, isSame, keptOf, looked, NO_VIEW, stateOf } from '@/shared/views'
import { chosenColumns } from '@/ui/views/columns-menu'

const perm = { field: 'city', op: 'eq' as const, value: 'Perm' }
const large = { field: 'amount', op: 'gte' as const, value: '1000' }

const view = (change: Partial<View> = {}): View => ({
  id: 'v',
  kind: 'company',
  name: 'In Perm',
  layout: 'table',
  filter: { all: [perm] },
  q: '',
  columns: ['city', 'name'],
  grouped_by: null,
  dated_by: null,
  sort: '-name',
  seen_by: 'me',
  team_id: null,
  owner_id: 'me',
  missing: [],
  is_default: false,
  editable: true,
  version: 1,
  ...change,
})

test('an address that names a view shows what it asks, and what is kept of that is the view', () => {
  const { state, changed } = looked({ view: 'v' }, [view()])
  expect(state).toEqual({ filter: { all: [perm] }, columns: 'city,name', sort: '-name' })
  expect(changed).toBe(false)
  expect(keptOf(state)).toEqual({
    q: '',
    filter: { all: [perm] },
    columns: ['city', 'name'],
    sort: '-name',
    grouped_by: null,
    layout: 'table',
    dated_by: null,
  })
})

test('what differs from the view is in the address, and is said to be changed', () => {
  const known = [view()]
  const { state } = looked({ view: 'v' }, known)
  const address = addressOf({ ...state, q: 'north' }, known[0], known)
  expect(address).toEqual({ ...state, q: 'north', view: 'v' })
  expect(looked(address, known)).toMatchObject({ changed: true, view: { id: 'v' } })
  expect(addressOf(state, known[0], known), 'and back').toEqual({ view: 'v' })
})

test('to ask nothing differs from a view that asks something', () => {
  const known = [view({ columns: [], sort: null })]
  const address = addressOf({}, known[0], known)
  expect(address).toEqual({ filter: { all: [] }, view: 'v' })
  expect(looked(address, known).changed).toBe(true)
})

test('a list opens with the view one has chosen, unless the address says otherwise', () => {
  const known = [view({ is_default: true })]
  expect(looked({}, known).view?.id).toBe('v')
  expect(looked({ q: 'north' }, known).view).toBeUndefined()
  expect(looked({ view: NO_VIEW }, known)).toMatchObject({ view: undefined, state: {} })
  expect(addressOf({}, undefined, known)).toEqual({ view: NO_VIEW })
})

test('a view that is gone leaves the list as the address has it', () => {
  expect(looked({ view: 'gone', q: 'north' }, [view()])).toEqual({
    view: undefined,
    state: { q: 'north' },
    changed: false,
  })
})

test('what of a view one may not ask is left out, alternatives as a whole', () => {
  const filter = { all: [large, perm, { any: [large, perm] }] }
  const { state, changed } = looked({ view: 'v' }, [view({ filter, missing: ['amount'] })])
  expect(state.filter).toEqual({ all: [perm] })
  expect(changed).toBe(false)
})

test('a list is not sorted by what one may not ask', () => {
  const sorted = view({ sort: '-amount', missing: ['amount'] })
  expect(stateOf(sorted).sort).toBeUndefined()
  expect(stateOf({ ...sorted, missing: [] }).sort).toBe('-amount')
})

test('the order of conditions, and a value that is left out, make no difference', () => {
  const one = { filter: { all: [perm, { field: 'city', op: 'is_empty' as const }] } }
  const other = { filter: { all: [{ field: 'city', op: 'is_empty' as const, value: null }, perm] } }
  expect(isSame(one, other)).toBe(true)
  expect(isSame(one, { filter: { all: [perm] } })).toBe(false)
})

test('the controls of deals and a filter say the same', () => {
  const search = { q: 'x', kind: 'open' as const, from: '1000', filter: { all: [perm] } }
  const asked = folded(search)
  expect(asked.filter).toEqual({
    all: [{ field: 'kind', op: 'eq', value: 'open' }, large, perm],
  })
  expect(unfolded(asked)).toEqual(search)
  expect(paramsOf(unfolded(stateOf(view({ filter: asked.filter as View['filter'] }))))).toEqual({
    kind: 'open',
    filter: JSON.stringify({ all: [large, perm] }),
  })
  const against = { competitor: 'c', segment: 's', calendar: 'expected_on' }
  expect(unfolded(folded(against)), 'a view keeps what controls ask').toEqual(against)
  expect(unfolded({ filter: { all: [] } }), 'nothing is said as nothing').toEqual({
    filter: { all: [] },
  })
})

test('columns come in the order that was chosen; what is no column is left out', () => {
  const column = (id: string) => ({ id, header: id, width: '1fr', cell: () => id })
  const columns = ['a', 'b', 'c'].map(column)
  const ids = (chosen?: string) => chosenColumns(columns, chosen).map(({ id }) => id)
  expect(ids()).toEqual(['a', 'b', 'c'])
  expect(ids('c,gone,a')).toEqual(['c', 'a'])
  expect(ids('gone')).toEqual(['a', 'b', 'c'])
  expect(chosenColumns(columns, 'c,a')[0]?.narrow, 'a phone shows some').toBeDefined()
})
