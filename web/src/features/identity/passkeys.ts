import {
  askAnyPasskey,
  askOwnPasskey,
  prove,
  signInByPasskey,
} from '@/shared/api/generated/session'
import { addPasskey, beginPasskey } from '@/shared/api/generated/factors'
import type { Enrolled, Me, PasskeyProof, PasskeyQuestion } from '@/shared/api/generated/model'

/** Whether this browser knows passkeys; they need HTTPS, or localhost. */
export const knowsPasskeys = (): boolean => 'PublicKeyCredential' in window

/** The person would rather not, took too long, or has no passkey here. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')

/** The authenticator has a passkey of this person already. */
export const isKnownHere = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'InvalidStateError'

const PATIENCE_MS = 300_000
/** Signatures that are taken, the usual one first: ES256, EdDSA, RS256. */
const ALGORITHMS = [-7, -8, -257]

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

const text = (buffer: ArrayBuffer): string =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const named = (ids: readonly string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: 'public-key', id: bytes(id) }))

/** Makes a passkey on this device, a phone or a key, and adds it. */
export async function makePasskey(name: string): Promise<Enrolled> {
  const start = await beginPasskey()
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(start.challenge),
      rp: { id: start.rp_id, name: 'Gausdo' },
      user: {
        id: bytes(start.user_id),
        name: start.user_name,
        displayName: start.display_name,
      },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: named(start.known),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      attestation: 'none',
      timeout: PATIENCE_MS,
    },
  })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return addPasskey({
    name,
    credential: text(made.rawId),
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
  })
}

async function answer(
  question: PasskeyQuestion,
  userVerification: UserVerificationRequirement,
  how: Pick<CredentialRequestOptions, 'mediation' | 'signal'> = {},
): Promise<PasskeyProof> {
  const signed = (await navigator.credentials.get({
    ...how,
    publicKey: {
      challenge: bytes(question.challenge),
      rpId: question.rp_id,
      allowCredentials: named(question.known),
      userVerification,
      timeout: PATIENCE_MS,
    },
  })) as PublicKeyCredential
  const response = signed.response as AuthenticatorAssertionResponse
  return {
    credential: text(signed.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle && text(response.userHandle),
  }
}

/** Whoever is signing in, or is to prove it anew, does so with a passkey of theirs. */
export async function proveByPasskey(): Promise<Me> {
  return prove({ passkey: await answer(await askOwnPasskey(), 'preferred') })
}

/** Signs in with nothing but a passkey. */
export async function enterByPasskey(signal: AbortSignal): Promise<Me> {
  return signInByPasskey(await answer(await askAnyPasskey(), 'required', { signal }))
}

/** The same, chosen from what the browser offers in the field of the e-mail; null without that. */
export async function enterByOffered(signal: AbortSignal): Promise<Me | null> {
  const offers = knowsPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.())
  if (!offers || signal.aborted) return null
  const how = { mediation: 'conditional', signal } as const
  return signInByPasskey(await answer(await askAnyPasskey(), 'required', how))
}
