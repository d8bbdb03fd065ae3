import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { ApiError } from '@/shared/api/http'
import type { Me } from '@/shared/api/generated/model'
import { signIn } from '@/shared/api/generated/session'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'

type Props = { refusal: string | undefined; onEntered: (person: Me) => void; onHalf: () => void }

/** The refusal that asks for more than a password. */
export const needsMore = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'authentication.factor-needed'

/** The first step: who one is, and the password. */
export function PasswordStep({ refusal, onEntered, onHalf }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const enter = useMutation({
    mutationFn: () => signIn({ email: email.trim(), password }),
    onSuccess: onEntered,
    onError: (error) => needsMore(error) && onHalf(),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (email.trim() && password) enter.mutate()
  }
  return (
    <form className="si-form" onSubmit={submit} noValidate>
      <FormProblem>
        {enter.error ? !needsMore(enter.error) && problemText(enter.error) : refusal}
      </FormProblem>
      <TextInput
        autoFocus
        type="email"
        autoComplete="username webauthn"
        label={t`E-mail`}
        error={tried && !email.trim() && t`Fill in this field`}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        autoComplete="current-password"
        label={t`Password`}
        error={tried && !password && t`Fill in this field`}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
      />
      <Button type="submit" fullWidth size="md" loading={enter.isPending}>
        {t`Sign in`}
      </Button>
      <Anchor component={Link} to="/forgot-password" size="sm" ta="center">
        {t`Forgot your password?`}
      </Anchor>
    </form>
  )
}
