import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Me } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { enterByOffered, enterByPasskey, isCancelled, knowsPasskeys } from './passkeys'

type Props = { onEntered: (person: Me) => void }

/**
 * Signs in with a passkey alone, by this button or by what the browser offers in the e-mail's field.
 * A browser asks one thing at a time: the button ends the offer.
 */
export function PasskeyButton({ onEntered }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const offer = useRef(new AbortController())
  const entered = useRef(onEntered)
  useEffect(() => {
    entered.current = onEntered
  })
  const enter = useMutation({
    mutationFn: (signal: AbortSignal) => enterByPasskey(signal),
    onSuccess: onEntered,
  })
  useEffect(() => {
    const asking = new AbortController()
    offer.current = asking
    enterByOffered(asking.signal).then(
      (person) => person && entered.current(person),
      () => undefined, // the button and the password are still there
    )
    return () => asking.abort()
  }, [])
  if (!knowsPasskeys()) return null
  function ask() {
    offer.current.abort()
    offer.current = new AbortController()
    enter.mutate(offer.current.signal)
  }
  return (
    <>
      <FormProblem>
        {enter.error &&
          (isCancelled(enter.error)
            ? t`No passkey was used. Try again, or sign in with your password.`
            : problemText(enter.error))}
      </FormProblem>
      <Button
        variant="default"
        fullWidth
        leftSection={<IconFingerprint size={16} aria-hidden="true" />}
        loading={enter.isPending}
        onClick={ask}
      >
        {t`Sign in with a passkey`}
      </Button>
    </>
  )
}
