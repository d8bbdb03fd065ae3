import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What a look at a provider can find, by its code, and what to do about it. */
export const FINDINGS: Record<string, MessageDescriptor> = {
  discovery: msg`The provider answers and says who it is.`,
  keys: msg`Its keys can be read.`,
  client: msg`It knows this application, and the secret is right.`,
  clock: msg`Its clock and ours agree.`,
  unreachable: msg`The provider is not reached, or its address may not be called. Check the address; one inside the company must be allowed by the operator (GAUSDO_OUTBOUND_ALLOW).`,
  issuer: msg`It calls itself by another name than was entered here. Copy the issuer exactly as it says it, with or without a slash at the end.`,
  address: msg`Its description has an address that cannot be right.`,
  'no-pkce': msg`It does not say that it supports PKCE (S256). Most do all the same.`,
  'client-refused': msg`It does not accept the client ID and secret. Enter the secret anew; it may have run out.`,
  'clock-differs': msg`Its clock and ours differ. Set both by NTP: tokens are only valid for minutes.`,
  'author-gone': msg`Whoever set this provider up is no longer here. Save it once to answer for it yourself.`,
  'last-sign-in': msg`The last sign-in was refused.`,
  token: msg`The code was not exchanged for a token.`,
  signature: msg`The signature does not fit the keys or certificates we know.`,
  claims: msg`A token is for another receiver, has run out or lacks what is needed.`,
  nonce: msg`The answer belongs to another sign-in.`,
  audience: msg`The answer is for another receiver.`,
  userinfo: msg`It tells of another person at its userinfo address.`,
  replay: msg`The same answer came twice.`,
  expired: msg`The answer had run out. Look at both clocks.`,
  logout: msg`What it sent to end a session is no logout token.`,
  'federation.foreign-email': msg`It sent no verified e-mail address of the admitted domains. Have it send email and email_verified, or tell us to believe it.`,
  'federation.no-account': msg`Nobody here has the address, and accounts are not made by themselves.`,
  'federation.no-role': msg`None of the person's groups has a role here, and there is no role for everybody.`,
  'federation.author-gone': msg`Whoever set this provider up may no longer let people in. Save it once to answer for it yourself.`,
  'federation.account-closed': msg`The account here is closed.`,
  'federation.provider-refused': msg`The provider let nobody in.`,
}

/** What stands for what a newer server finds. */
export const OTHER_FINDING = msg`Something else: see the technical words.`
