import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Me, Proof, Way } from '@/shared/api/generated/model'
import { prove } from '@/shared/api/generated/session'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { isCancelled, knowsPasskeys, proveByPasskey } from './passkeys'

type Props = {
  /** What the person can prove with who they are, the usual one first. */
  ways: readonly Way[]
  verb: string
  onProved: (person: Me) => void
}

const DIGITS = 6

/** One proof of who one is, and the way to another one. */
export function ProofForm({ ways, verb, onProved }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const usable = ways.filter((one) => one !== 'passkey' || knowsPasskeys())
  const [way, setWay] = useState(usable[0])
  const [told, setTold] = useState('')
  const [tried, setTried] = useState(false)
  const proving = useMutation({
    mutationFn: (proof: Proof | 'passkey') =>
      proof === 'passkey' ? proveByPasskey() : prove(proof),
    onSuccess: onProved,
    onError: () => setTold(''),
  })
  function send(text: string) {
    if (way === 'totp') proving.mutate({ code: text })
    else if (way === 'recovery_code') proving.mutate({ recovery_code: text })
    else proving.mutate({ password: text })
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (way === 'passkey') proving.mutate('passkey')
    else if (told.trim()) send(told.trim())
  }
  function type(text: string) {
    if (way !== 'totp') return setTold(text)
    const digits = text.replace(/[^0-9]/g, '').slice(0, DIGITS)
    setTold(digits)
    if (digits.length === DIGITS && digits !== told) send(digits)
  }
  function choose(next: Way) {
    proving.reset()
    setTold('')
    setTried(false)
    setWay(next)
  }
  const words: Record<Way, string> = {
    password: t`Use the password`,
    totp: t`Use an authenticator`,
    passkey: t`Use a passkey`,
    recovery_code: t`Use a recovery code`,
    corporate: '',
  }
  const problem = (error: Error) =>
    isCancelled(error) ? t`No passkey was used. Try again, or use another way.` : problemText(error)
  const field = {
    autoFocus: true,
    'data-autofocus': true,
    value: told,
    error: tried && !told.trim() && t`Fill in this field`,
    onChange: (event: { currentTarget: { value: string } }) => type(event.currentTarget.value),
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <FormProblem>{proving.error && problem(proving.error)}</FormProblem>
        {way === 'passkey' && <Text size="sm">{t`Your browser will ask for your passkey.`}</Text>}
        {way === 'password' && (
          <PasswordInput
            {...field}
            label={t`Password`}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
          />
        )}
        {way === 'totp' && (
          <TextInput
            {...field}
            key="totp"
            label={t`Code from your authenticator`}
            description={t`Six digits; a new one every half a minute`}
            autoComplete="one-time-code"
            inputMode="numeric"
          />
        )}
        {way === 'recovery_code' && (
          <TextInput
            {...field}
            key="recovery"
            label={t`Recovery code`}
            description={t`One of those you have put away; each works once`}
            autoComplete="off"
          />
        )}
        <Button
          type="submit"
          fullWidth
          size="md"
          data-autofocus={way === 'passkey' || undefined}
          loading={proving.isPending}
        >
          {way === 'passkey' ? t`Use a passkey` : verb}
        </Button>
        {usable
          .filter((other) => other !== way)
          .map((other) => (
            <Button key={other} variant="subtle" size="compact-md" onClick={() => choose(other)}>
              {words[other]}
            </Button>
          ))}
      </Stack>
    </form>
  )
}
