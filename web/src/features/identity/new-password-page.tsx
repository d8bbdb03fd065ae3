import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import type { LinkState } from '@/shared/api/generated/model'
import { linkState, setPassword } from '@/shared/api/generated/passwords'
import { signIn } from '@/shared/api/generated/session'
import { ApiError } from '@/shared/api/http'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'
import { NewPasswordInput, SHORTEST } from './new-password-input'
import { needsMore } from './password-step'
import { useRefusedPassword } from './refused-password'
import { SignInFrame } from './sign-in-frame'

/** The page that the link of a letter leads to: of an invitation, or for who forgot the password. */
export function NewPasswordPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  // what stands behind # reaches no server and no log; nor is it to stay in the address
  const [token] = useState(() => window.location.hash.slice(1))
  useEffect(() => window.history.replaceState(window.history.state, '', '/password'), [])
  const { data: link, error } = useQuery({
    queryKey: ['link', token],
    queryFn: ({ signal }) => linkState({ token }, { signal }),
    enabled: token !== '',
    staleTime: Infinity,
    retry: false,
  })
  // half a link is none that could be over
  const cut = error instanceof ApiError && error.code === 'invalid'
  if (error || token === '') {
    return (
      <SignInFrame title={t`New password`} hint={t`This link leads nowhere.`}>
        <Stack gap="md">
          <FormProblem>
            {error && !cut
              ? problemText(error)
              : t`Open the link from the letter once more, whole.`}
          </FormProblem>
          <Anchor component={Link} to="/forgot-password" size="sm" ta="center">
            {t`Ask for a new link`}
          </Anchor>
        </Stack>
      </SignInFrame>
    )
  }
  if (!link) {
    return (
      <SignInFrame title={t`New password`} hint="">
        <ListSkeleton />
      </SignInFrame>
    )
  }
  return <Form link={link} token={token} onSignedIn={onSignedIn} />
}

type FormProps = { link: LinkState; token: string; onSignedIn: () => void }

function Form({ link, token, onSignedIn }: FormProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const refused = useRefusedPassword()
  const [password, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const set = useMutation({
    mutationFn: async () => {
      const { email } = await setPassword({ token, password })
      // signed in as ever: a second factor is asked for on the page made for it
      await signIn({ email, password }).catch((error: unknown) => {
        if (!needsMore(error)) throw error
      })
    },
    onSuccess: onSignedIn,
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (password.length >= SHORTEST) set.mutate()
  }
  const { name, email } = link
  const invited = link.purpose === 'invitation'
  const field = refused(set.error)
  return (
    <SignInFrame
      title={invited ? t`Welcome` : t`New password`}
      hint={
        invited
          ? t`${name}, choose the password by which you will sign in.`
          : t`${name}, choose a new password. All your sessions end with the old one.`
      }
    >
      <form className="si-form" onSubmit={submit} noValidate>
        <FormProblem>{set.error && !field && problemText(set.error)}</FormProblem>
        <Text size="sm">
          {t`You sign in as`} <b>{email}</b>
        </Text>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <NewPasswordInput
          autoFocus
          label={t`New password`}
          error={
            field ?? (tried && password.length < SHORTEST && t`At least ${SHORTEST} characters`)
          }
          value={password}
          onChange={setTyped}
        />
        <Button type="submit" fullWidth size="md" loading={set.isPending}>
          {t`Set the password and sign in`}
        </Button>
      </form>
    </SignInFrame>
  )
}
