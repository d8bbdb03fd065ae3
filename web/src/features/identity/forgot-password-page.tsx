import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { askForReset } from '@/shared/api/generated/passwords'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { SignInFrame } from './sign-in-frame'

const EMAIL = /^[^@\s]+@[^@\s]+$/

/** Asks for a letter by which a new password is set. */
export function ForgotPasswordPage() {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [email, setEmail] = useState('')
  const [tried, setTried] = useState(false)
  const told = email.trim()
  const ask = useMutation({ mutationFn: () => askForReset({ email: told }) })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (EMAIL.test(told)) ask.mutate()
  }
  const back = (
    <Anchor component={Link} to="/sign-in" size="sm" ta="center">
      {t`Back to the sign-in`}
    </Anchor>
  )
  const hint = t`We send a link to your e-mail, by which you choose a new password.`
  if (ask.isSuccess) {
    return (
      <SignInFrame title={t`Forgotten password`} hint={t`Look into your mail.`}>
        <Stack gap="md">
          <Text size="sm" role="status">
            {t`If somebody here has the address ${told}, a letter is on its way. Its link is good for half an hour.`}
          </Text>
          {back}
        </Stack>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title={t`Forgotten password`} hint={hint}>
      <form className="si-form" onSubmit={submit} noValidate>
        <FormProblem>{ask.error && problemText(ask.error)}</FormProblem>
        <TextInput
          autoFocus
          type="email"
          autoComplete="username"
          label={t`E-mail`}
          maxLength={254}
          error={tried && !EMAIL.test(told) && t`Not an e-mail address`}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth size="md" loading={ask.isPending}>
          {t`Send the link`}
        </Button>
        {back}
      </form>
    </SignInFrame>
  )
}
