import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { AuditEntries } from '@/features/administration/audit-entries'
import type { AuditEntry, Me } from '@/shared/api/generated/model'
import { meQuery } from '@/shared/reference'
import { Stage } from './stage'

const entry = (told: Partial<AuditEntry>): AuditEntry => ({
  id: told.name ?? '',
  at: '2026-01-01T00:00:00Z',
  module: 'identity',
  name: 'identity.user-changed.v1',
  kind: 'user',
  record_id: 'r',
  record_name: 'Dmitry',
  version: 2,
  actor_id: 'a',
  actor_name: 'Olga',
  via: 'person',
  session: null,
  address: null,
  cause: null,
  trace: null,
  changes: {},
  details: {},
  ...told,
})

const nobody = { actor_id: null, actor_name: null }

afterEach(() => {
  vi.restoreAllMocks()
})

test('what kind of record it was is said once, how it came about at the end, and who nobody is', async () => {
  vi.spyOn(window, 'fetch').mockImplementation(() => Promise.resolve(Response.json([])))
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(meQuery().queryKey, { rights: {} } as unknown as Me)
  const screen = await render(
    <Stage>
      <QueryClientProvider client={client}>
        <AuditEntries
          entries={[
            entry({ via: 'import' }),
            entry({ name: 'identity.password-changed.v1' }),
            entry({
              name: 'integrations.ip-rules-changed.v1',
              kind: 'ip-rules',
              record_name: null,
            }),
            entry({ ...nobody, name: 'customers.segment-filled.v1', kind: 'segment-filling' }),
            entry({ ...nobody, name: 'authentication.sign-in-refused.v1', address: '203.0.113.7' }),
          ]}
          onSearch={() => {}}
        />
      </QueryClientProvider>
    </Stage>,
  )
  const said = () =>
    [...screen.container.querySelectorAll('.au-head')].map((head) =>
      [...head.childNodes].map((part) => part.textContent).join(' '),
    )
  await expect
    .poll(said)
    .toEqual([
      'Olga changed the colleague: “Dmitry” by an import',
      'Olga changed the password: Colleague “Dmitry”',
      'Olga changed the IP rules',
      'Gausdo found the members of the segment: Segment “Dmitry”',
      'Nobody known was not let in: Colleague “Dmitry”',
    ])
})
