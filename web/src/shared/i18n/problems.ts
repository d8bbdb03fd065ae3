import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import { useCallback } from 'react'
import { ApiError, type FieldError } from '@/shared/api/http'

/** What each code of the API means to a person; `tests/architecture` holds that none is missing. */
const PROBLEMS: Record<string, MessageDescriptor> = {
  'activities.cannot-see': msg`Somebody who is named may not see this record, and would not be told.`,
  'address-refused': msg`Nobody is let in from your address like this. Ask an administrator.`,
  'authentication.factor-needed': msg`Your second factor is needed first.`,
  'authentication.last-factor': msg`You need a second factor. Add another one before this goes.`,
  'authentication.link-over': msg`This link was used, or is too old. Ask for a new one.`,
  'authentication.passkey-known': msg`This passkey is known here already.`,
  'authentication.step-up-needed': msg`This needs a new proof that it is you.`,
  'authentication.too-many-factors': msg`You have as many as there can be. Remove one that you do not use.`,
  'authentication.wrong-factor': msg`This is wrong, or was used before. Try the next code.`,
  'authentication.wrong-passkey': msg`This passkey was not accepted. Try again, or use another way.`,
  'automation.rule-has-run': msg`This rule has run, so it stays. Switch it off instead.`,
  broken: msg`Something went wrong on our side. Try again; if it stays so, tell an administrator.`,
  busy: msg`Too many people ask at once. Try again in a moment.`,
  'communications.bad-template': msg`The template cannot be filled in. Check its placeholders.`,
  'configuration.bad': msg`Nothing was changed: the files have to be mended first.`,
  'configuration.left': msg`Files cannot change this: it stays as it is.`,
  'configuration.moved': msg`Somebody has changed the configuration meanwhile. Look again at what differs.`,
  'configuration.needed': msg`Something else that stays needs it.`,
  'configuration.stopped': msg`It stopped in the middle: what was done stays. Look again at what differs, and go on.`,
  conflict: msg`This cannot be done as things stand now. Reload the page and look again.`,
  'communications.not-taken': msg`The mail server refuses this letter.`,
  'custom-field.value-taken': msg`Another record has this value already.`,
  'custom-field.in-use': msg`Something asks of the field as it is. Change it first.`,
  'custom-field.not-becoming': msg`The field gets no other type, or has it by now.`,
  'custom-field.becoming': msg`The field gets another type just now. Try again when it has it.`,
  'custom-field.key-taken': msg`There is a field with this key already. Choose another name.`,
  'customers.entangled': msg`The record is a part of another by now. Part that one first.`,
  'customers.merged': msg`This is a part of another record now.`,
  'customers.duplicate': msg`This is already known.`,
  'federation.account-closed': msg`Your account here is closed. Ask an administrator.`,
  'federation.author-gone': msg`The way in by this provider needs an administrator's look: whoever set it up may no longer let people in.`,
  'federation.foreign-account': msg`This address has an account here already, which this provider does not keep. Sign in by this provider once.`,
  'federation.foreign-email': msg`Your provider vouches for no e-mail address that is admitted here. Ask an administrator.`,
  'federation.no-account': msg`There is no account for you here yet. Ask an administrator for one.`,
  'federation.no-role': msg`None of your groups has a role here. Ask an administrator.`,
  'federation.not-believed': msg`What your identity provider said could not be verified. Try again; if it stays so, tell an administrator.`,
  'federation.provider-refused': msg`Your identity provider let nobody in.`,
  'federation.provider-silent': msg`Your identity provider does not answer. Try again in a moment.`,
  'federation.unknown-sign-in': msg`This sign-in is over, or was begun in another browser. Begin again.`,
  deleted: msg`This was deleted. Somebody who may delete it can bring it back.`,
  'customers.erased': msg`This person was erased on their request. Add them anew.`,
  'customers.purpose-archived': msg`Nobody is asked to agree to this any more.`,
  'customers.too-many-purposes': msg`There are too many purposes already.`,
  'customers.segment-not-by-hand': msg`Who is in this segment is found by its condition. Change the condition.`,
  'customers.too-many-segments': msg`There are too many segments already. Remove one first.`,
  forbidden: msg`You have no right to do this. Ask an administrator for it.`,
  'jobs.not-like-this': msg`This job is in another state by now, or the same one waits already.`,
  'history.erased': msg`This value was erased, or this entry had none. It cannot be brought back.`,
  'history.nothing-earlier': msg`There is no earlier value here that could be brought back.`,
  'idempotency-key-reused': msg`An earlier try was saved after all, with other values. Look for it before you send this again.`,
  'identity.beyond-own-rights': msg`You cannot grant what you may not do yourself. Ask somebody with wider rights.`,
  'identity.email-taken': msg`Somebody here has this e-mail already.`,
  'identity.in-use': msg`It is still in use. Move the people or teams that use it first.`,
  'identity.last-administrator': msg`Nobody would be left who administers this installation. Make somebody else an administrator first.`,
  'identity.locked-role': msg`This role came with Gausdo and stays as it is.`,
  'identity.too-many-views': msg`There are too many views already. Remove one first.`,
  'identity.too-many-tries': msg`Too many tries. Wait a few minutes and try again.`,
  'identity.wrong-credentials': msg`The e-mail or the password is wrong.`,
  'integrations.forbidden-address': msg`This address may not be called. Ask an administrator to allow it.`,
  'integrations.import-not-now': msg`The import is in another state by now. Look again.`,
  'integrations.would-shut-out': msg`This would shut you out: your address is not among these networks.`,
  'integrations.key-by-hand': msg`Keys are made and revoked by hand: a secret is shown once, and never comes back.`,
  'integrations.key-keeps-roles': msg`A key keeps its roles. Make another one.`,
  'integrations.key-over': msg`This key is over. Make another one.`,
  invalid: msg`Some fields need another look.`,
  late: msg`The connection is too slow. Try again.`,
  malformed: msg`The request was not understood. Reload the page and try again.`,
  'mass-nothing-to-undo': msg`There is nothing left here that could be undone.`,
  'mass-running': msg`Mass edits go on still. Wait for them, or stop one.`,
  'not-found': msg`There is no such record, or it is not yours to see.`,
  'sales.last-pipeline': msg`One pipeline stays in use. Add another one first.`,
  'sales.no-offer': msg`There is nothing at this link. Ask whoever sent it for a new one.`,
  'sales.nothing-to-quote': msg`The deal has no lines. Add what is offered first.`,
  'sales.quote-over': msg`This quote can be sent or answered no more.`,
  'sales.too-many-quotes': msg`A deal has at most a hundred quotes.`,
  'sales.no-way-there': msg`A deal does not go from its stage to that one.`,
  'sales.pipeline-archived': msg`This pipeline is archived: its deals stay as they are.`,
  'sales.stage-needs': msg`The stage asks for more than the deal has. Fill it in first.`,
  'sales.code-taken': msg`Another product has this code.`,
  'sales.sum-of-lines': msg`The sum follows the deal's lines. Change these, or remove all of them.`,
  'sales.deals-there': msg`There are deals in it.`,
  'sales.lost-reason-needed': msg`Say why the deal was lost.`,
  'sales.unknown-stage': msg`There is no such stage in this pipeline. Reload the page and choose again.`,
  'signed-out': msg`Please sign in again.`,
  stale: msg`Someone changed this while you were editing.`,
  'too-large': msg`This is too large to be sent.`,
  'too-slow': msg`This takes too long. Ask for less, for instance with a filter.`,
  'too-many-requests': msg`Too many requests. Wait a moment and try again.`,
  unavailable: msg`The service is busy or restarting. Try again in a moment.`,
  unreadable: msg`This value cannot be read: its key is missing, or it was altered. Tell an administrator.`,
  unreachable: msg`The server was not reached. Check the connection and try again.`,
}

const FIELDS: Record<string, MessageDescriptor> = {
  'all-or-nothing': msg`This is granted over all, or not at all`,
  'common-password': msg`This is one of the passwords that are guessed first`,
  'own-word': msg`Do not make it of your name, your address or ours`,
  base64: msg`This is not base64`,
  'by-channel': msg`Consents were given as it is: it stays`,
  'channels-needed': msg`Choose at least one channel`,
  'no-channels': msg`This purpose is not about a channel`,
  'in-future': msg`This is in the future`,
  'before-start': msg`It would be over before it is given`,
  circle: msg`Nothing can be below itself`,
  certificate: msg`This is no certificate`,
  format: msg`This is no configuration of Gausdo, or of another format`,
  json: msg`This is not JSON as it should be`,
  kind: msg`This stays of its kind`,
  kinds: msg`A pipeline has exactly one stage for won and one for lost deals, and an open one`,
  list: msg`Expected a list`,
  'not-zip': msg`This is no ZIP archive, or a broken one`,
  one: msg`There is one only, and it has another id`,
  'rates-base': msg`This is the base currency: others are told in it`,
  'rates-other-base': msg`The Bank of Russia tells rates in roubles, which are not the base currency here`,
  'rates-too-large': msg`This is too large for the rates of a day`,
  'rates-unreadable': msg`These are no daily rates of the Bank of Russia (XML_daily)`,
  taken: msg`Something else has this id`,
  thing: msg`Expected an object`,
  twice: msg`This is there twice`,
  file: msg`Files are given to one record at a time, on its page`,
  'file-gone': msg`A file is there no more. Attach it again`,
  'too-many-files': msg`At most ten files fit`,
  'unknown-file': msg`No file of a configuration is called so`,
  'unknown-person': msg`Nobody here has this e-mail`,
  'utf-8': msg`This is not UTF-8`,
  'unknown-field': msg`There is no such field`,
  'value-taken': msg`Another record has this value already`,
  'not-unique': msg`There are records with the same value. Change them first`,
  unique: msg`It is unique: only one record can have a value`,
  'formula-filled': msg`This field is filled in. Add another one for the formula`,
  'formula-other-type': msg`The formula gives another type of value than before. Add another field`,
  'roll-up-filled': msg`This field is filled in. Add another one for the roll-up`,
  'roll-up-other-type': msg`The roll-up gives another type of value than before. Add another field`,
  becoming: msg`The field gets another type just now: try again in some seconds`,
  'formula-in-use': msg`Another formula is made of this field, and would not fit any more`,
  computed: msg`It is worked out, and not filled in`,
  sealed: msg`What is kept encrypted cannot be so`,
  'sealed-key': msg`Keys of what is kept encrypted begin with “sealed_”, and no others`,
  'sealed-alone': msg`What is kept encrypted is changed in one record at a time`,
  'sealed-nothing': msg`There is no value here that could stay`,
  'sealed-text': msg`Text of at most 2,000 characters`,
  'unknown-right': msg`There is no such right`,
  network: msg`Not a network, as 203.0.113.0/24 or 2001:db8::/32`,
  'mass-both': msg`A tag is added or taken away, not both`,
  'mass-nothing': msg`Say what is to be changed`,
  'mass-selection': msg`Choose records, or all that are found`,
  'mass-value': msg`The field does not take this value`,
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
  'name-taken': msg`Something else is called so`,
  'not-lost': msg`The deal is not lost`,
  'one-winner': msg`A deal is lost to one competitor`,
  'main-contact': msg`This person is the main contact already`,
  choice: msg`Choose one of those offered`,
  document: msg`Not the number of a document: letters and digits, at least three of them`,
  decimal_max_digits: msg`Too many digits`,
  decimal_max_places: msg`Too many decimal places`,
  decimal_parsing: msg`Not a number`,
  email: msg`Not an e-mail address`,
  'forbidden-address': msg`This address may not be called. Ask the operator to allow it.`,
  extra_forbidden: msg`There is no such field`,
  inn: msg`Not a tax number (INN): 10 or 12 digits with their check digits`,
  kpp: msg`Not a KPP: it has 9 characters, such as 770701001`,
  liquid: msg`The template is not written as it should be`,
  metadata: msg`This is no metadata of a SAML identity provider`,
  'no-working-time': msg`There is no working time left in the calendar for this`,
  ogrn: msg`Not an OGRN: 13 digits, of a sole trader 15, with their check digit`,
  'one-line': msg`This must be one line`,
  'password-in-the-open': msg`A password is told over TLS only: choose TLS or STARTTLS`,
  phone: msg`Not a phone number`,
  text: msg`Has characters that no text may have`,
  'too-many': msg`Too many at once`,
  'too-wide': msg`Narrow it first: a person, a record, an address, or at most 31 days`,
  too_long: msg`Too many at once`,
  too_short: msg`Too few`,
  unknown: msg`There is no such record`,
  'unknown-user': msg`Nobody here has this id`,
}

/** Of a newer server's refusal that this interface has no words for, in a language not the API's. */
const OTHER = msg`This was refused. Reload the page and try again.`

const FAILED = 500

function wordsOf(i18n: I18n, error: ApiError): string {
  const { megabytes } = (error.data ?? {}) as { megabytes?: unknown }
  if (error.code === 'too-large' && typeof megabytes === 'number') {
    return i18n._(msg`This is too large to be sent: at most ${megabytes} MB are taken.`)
  }
  const known = PROBLEMS[error.code]
  if (known) return i18n._(known)
  if (error.status >= FAILED) return i18n._(PROBLEMS['broken'] as MessageDescriptor)
  return i18n.locale === 'en' ? error.message : i18n._(OTHER)
}

/**
 * The words for a failed call, or for what broke in the page itself; when it was the server that
 * failed, with what finds it in the logs.
 */
export function problemText(i18n: I18n, error: unknown): string {
  if (!(error instanceof ApiError)) return i18n._(PROBLEMS['broken'] as MessageDescriptor)
  const text = wordsOf(i18n, error)
  const trace = error.status >= FAILED ? error.traceId : undefined
  return trace ? `${text} ${i18n._(msg`For support: ${trace}`)}` : text
}

/** The words for a code alone, where there are any. */
export function codeText(i18n: I18n, code: string | null): string | undefined {
  const known = PROBLEMS[code ?? '']
  return known && i18n._(known)
}

/** The words for one refused field. */
export function fieldText(i18n: I18n, error: FieldError, data?: unknown): string {
  const { name } = (data ?? {}) as { name?: unknown }
  if (error.code === 'value-taken' && typeof name === 'string') {
    return i18n._(msg`“${name}” has this value already`)
  }
  const known = FIELDS[error.code]
  if (known) return i18n._(known)
  return i18n.locale === 'en' ? error.message : i18n._(FIELDS['value_error'] as MessageDescriptor)
}

/** `problemText` in the language shown. */
export function useProblemText(): (error: unknown) => string {
  const { i18n } = useLingui()
  return useCallback((error: unknown) => problemText(i18n, error), [i18n])
}
