import { expect, test } from 'vitest'
import {
  cellOf,
  differences,
  levelOf,
  toldOf,
  withLevel,
  withReach,
} from '@/features/administration/role-model'

const DEAL = 'sales.deal'
const catalogue = [
  {
    object: DEAL,
    operations: ['read', 'create', 'edit', 'win'],
    owned: true,
    fields: ['worth'],
    custom: false,
  },
]
const role = ['read', 'create', 'edit'].reduce(
  (grants, operation) => withReach(grants, DEAL, operation, 'team'),
  withReach([], DEAL, 'read', 'own'),
)

test('an operation reaches as far as was chosen, or is not granted', () => {
  const wider = withReach(role, DEAL, 'read', 'all')
  expect(toldOf(cellOf(wider, DEAL, 'read'))).toBe('all')
  expect(toldOf(cellOf(wider, DEAL, 'edit'))).toBe('team')
  expect(toldOf(cellOf(withReach(wider, DEAL, 'read', 'none'), DEAL, 'read'))).toBe('none')
})

test('a field is hidden from reading and writing, or from writing alone', () => {
  const hidden = withLevel(role, DEAL, 'worth', 'hidden')
  expect(hidden.map((grant) => grant.without)).toEqual([['worth'], ['worth'], ['worth']])
  expect(levelOf(hidden, DEAL, 'worth')).toBe('hidden')
  const readable = withLevel(hidden, DEAL, 'worth', 'readable')
  expect(cellOf(readable, DEAL, 'read')[0]?.without).toEqual([])
  expect(levelOf(readable, DEAL, 'worth')).toBe('readable')
  expect(levelOf(withLevel(readable, DEAL, 'worth', 'editable'), DEAL, 'worth')).toBe('editable')
})

test('a wider reach keeps what is hidden, and its condition', () => {
  const condition = { field: 'kind', op: 'eq' as const, value: 'open' }
  const narrow = withLevel(role, DEAL, 'worth', 'hidden')
  for (const grant of narrow) grant.condition = condition
  const [cell] = cellOf(withReach(narrow, DEAL, 'read', 'all'), DEAL, 'read')
  expect(cell).toEqual({
    object: DEAL,
    operation: 'read',
    reach: 'all',
    condition,
    without: ['worth'],
  })
})

test('roles differ in an operation, or in what it hides, and not in the order of their grants', () => {
  expect(differences(role, role.toReversed(), catalogue)).toBe(0)
  expect(differences(role, withReach(role, DEAL, 'win', 'own'), catalogue)).toBe(1)
  expect(differences(role, withLevel(role, DEAL, 'worth', 'readable'), catalogue)).toBe(2)
})
