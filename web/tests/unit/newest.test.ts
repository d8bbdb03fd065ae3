import { QueryClient } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { dealKeys, dealQuery } from '@/features/sales/queries'

const read = vi.hoisted(() => vi.fn())
vi.mock('@/shared/api/generated/sales', async (real) => ({ ...(await real()), deal: read }))

test('an answer from before a change does not undo it on screen', async () => {
  const queries = new QueryClient()
  const [before, after] = [
    { id: 'd', version: 1, stage_id: 'new' },
    { id: 'd', version: 2, stage_id: 'offer' },
  ]
  queries.setQueryData(dealKeys.one('d'), after)
  read.mockResolvedValueOnce(before)
  await queries.fetchQuery({ ...dealQuery('d'), staleTime: 0 })
  expect(queries.getQueryData(dealKeys.one('d'))).toEqual(after)
  read.mockResolvedValueOnce({ ...after, version: 3 })
  await queries.fetchQuery({ ...dealQuery('d'), staleTime: 0 })
  expect(queries.getQueryData(dealKeys.one('d'))).toMatchObject({ version: 3 })
})
