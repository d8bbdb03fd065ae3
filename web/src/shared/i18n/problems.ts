import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import { useCallback } from 'react'
import { ApiError, type FieldError } from '@/shared/api/http'

/** What each code of the API means to a person. A code not named here is told in the API's words. */
const PROBLEMS: Record<string, MessageDescriptor> = {
  broken: msg`Something broke on our side. It has been written down.`,
  busy: msg`Too many people ask at once. Try again in a moment.`,
  'communications.bad-template': msg`The template cannot be filled in. Check its placeholders.`,
  'customers.duplicate': msg`This is already known.`,
  forbidden: msg`You have no right to do this. Ask an administrator for it.`,
  'idempotency-key-reused': msg`This form was already sent with other values. Open it again.`,
  'identity.too-many-tries': msg`Too many tries. Wait a few minutes and try again.`,
  'identity.wrong-credentials': msg`The e-mail or the password is wrong.`,
  'integrations.forbidden-address': msg`This address may not be called. Ask an administrator to allow it.`,
  invalid: msg`Some fields need another look.`,
  late: msg`The connection is too slow. Try again.`,
  malformed: msg`The request was not understood. Reload the page and try again.`,
  'not-found': msg`There is no such record, or it is not yours to see.`,
  'sales.lost-reason-needed': msg`Say why the deal was lost.`,
  'signed-out': msg`Please sign in again.`,
  stale: msg`Someone changed this while you were editing.`,
  'too-large': msg`This is too large to be sent.`,
  'too-slow': msg`This takes too long. Ask for less, for instance with a filter.`,
  'too-many-requests': msg`Too many requests. Wait a moment and try again.`,
  unavailable: msg`The service is busy or restarting. Try again in a moment.`,
  unreachable: msg`The server was not reached. Check the connection and try again.`,
}

const FIELDS: Record<string, MessageDescriptor> = {
  missing: msg`Fill in this field`,
  string_too_short: msg`Too short`,
  string_too_long: msg`Too long`,
  string_pattern_mismatch: msg`Not in the expected form`,
  value_error: msg`Not a valid value`,
  greater_than: msg`Too small`,
  greater_than_equal: msg`Too small`,
  less_than: msg`Too large`,
  less_than_equal: msg`Too large`,
  'not-found': msg`There is no such record`,
}

const FAILED = 500

/** The words for a failed call; when it was the server that failed, with what finds it in the logs. */
export function problemText(i18n: I18n, error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const known = PROBLEMS[error.code]
  const text = known ? i18n._(known) : error.message
  const trace = error.status >= FAILED ? error.traceId : undefined
  return trace ? `${text} ${i18n._(msg`For support: ${trace}`)}` : text
}

/** The words for one refused field. */
export function fieldText(i18n: I18n, error: FieldError): string {
  const known = FIELDS[error.code]
  return known ? i18n._(known) : error.message
}

/** `problemText` in the language shown. */
export function useProblemText(): (error: unknown) => string {
  const { i18n } = useLingui()
  return useCallback((error: unknown) => problemText(i18n, error), [i18n])
}
