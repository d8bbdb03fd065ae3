import { setupI18n } from '@lingui/core'
import { expect, test } from 'vitest'
import { ApiError, newTrace } from '@/shared/api/http'
import { problemText } from '@/shared/i18n/problems'

const i18n = setupI18n({ locale: 'en', messages: { en: {} } })
const refused = (status: number, code: string) =>
  new ApiError({ title: 'Told', status, code, trace_id: 'a'.repeat(32) })

test('every call has a trace of its own', () => {
  const [one, other] = [newTrace(), newTrace()]
  expect(one.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(one.traceparent.split('-')[1]).toBe(one.id)
  expect(one.id).not.toBe(other.id)
})

test('a failure of the server names its trace, a refusal does not', () => {
  expect(problemText(i18n, refused(503, 'unavailable'))).toContain('a'.repeat(32))
  expect(problemText(i18n, refused(403, 'forbidden'))).not.toContain('aaaa')
})
