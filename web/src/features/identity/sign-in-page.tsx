import {
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type FormEvent } from 'react'
import { changePreferences } from '@/shared/api/generated/identity'
import { signIn } from '@/shared/api/generated/session'
import { codeText, useProblemText } from '@/shared/i18n/problems'
import { activate, isLocale, LOCALES } from '@/shared/i18n/i18n'
import { meQuery } from '@/shared/reference'
import { FormProblem } from '@/ui/form-parts'
import { ProviderButtons } from './provider-buttons'
import './sign-in.css'

type Props = {
  /** Where it leads, a path of ours. */
  next: string
  /** By what code a sign-in by a provider was refused. */
  refused?: string | undefined
  onSignedIn: () => void
}

/** The way in. A language chosen here is kept for the account. */
export function SignInPage({ next, refused, onSignedIn }: Props) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [chosen, setChosen] = useState(false)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  useEffect(() => {
    document.title = `${t`Sign in`} · Gausdo`
  }, [t])
  const enter = useMutation({
    mutationFn: async () => {
      const person = await signIn({ email: email.trim(), password })
      const { locale } = i18n
      if (chosen && isLocale(locale) && person.locale !== locale) {
        return await changePreferences({ locale })
      }
      return person
    },
    onSuccess: async (person) => {
      queries.clear()
      queries.setQueryData(meQuery().queryKey, person)
      if (isLocale(person.locale) && person.locale !== i18n.locale) await activate(person.locale)
      onSignedIn()
    },
  })
  const refusal = refused && (codeText(i18n, refused) ?? t`You were not signed in. Try again.`)
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (email.trim() && password) enter.mutate()
  }
  return (
    <main className="si">
      <form className="g-card si-card" onSubmit={submit} noValidate>
        <Stack gap="md">
          <Group gap={10}>
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <Title order={1}>Gausdo</Title>
          </Group>
          <Text size="sm" c="dimmed">{t`Sales, service and campaigns from one place.`}</Text>
          <FormProblem>{enter.error ? problemText(enter.error) : refusal}</FormProblem>
          <TextInput
            autoFocus
            type="email"
            autoComplete="username"
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
          <ProviderButtons next={next} />
        </Stack>
      </form>
      <SegmentedControl
        size="xs"
        aria-label={t`Language`}
        data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
        value={i18n.locale}
        onChange={(locale) => {
          setChosen(true)
          if (isLocale(locale)) void activate(locale)
        }}
      />
    </main>
  )
}
