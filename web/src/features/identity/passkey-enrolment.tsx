import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Enrolled } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { browserOf } from './browsers'
import { isCancelled, isKnownHere, makePasskey } from './passkeys'

type Props = { onDone: (enrolled: Enrolled) => void; onCancel: () => void }

/** A passkey is added, by what it is to be called. */
export function PasskeyEnrolment({ onDone, onCancel }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const usual = browserOf(navigator.userAgent) ?? t`Passkey`
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: () => makePasskey(name.trim() || usual),
    onSuccess: onDone,
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate()
  }
  const problem = (error: Error) =>
    isCancelled(error)
      ? t`No passkey was made. Try again, or add an authenticator.`
      : isKnownHere(error)
        ? t`This device or key has a passkey of yours already.`
        : problemText(error)
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">
          {t`Your browser will ask for your finger, face, PIN or a security key. The passkey stays with it and never leaves for us.`}
        </Text>
        <FormProblem>{make.error && problem(make.error)}</FormProblem>
        <TextInput
          autoFocus
          data-autofocus
          label={t`What to call it`}
          placeholder={usual}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t`Make a passkey`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
