import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Me } from '@/shared/api/generated/model'
import { signIn } from '@/shared/api/generated/session'
import { session, useSignedOut } from '@/shared/api/session'
import { useProblemText } from '@/shared/i18n/problems'
import { meQuery, useMe } from '@/shared/reference'
import { FormProblem } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'
import { OtherWays } from './other-ways'
import { needsMore } from './password-step'
import { ProofForm } from './proof-form'
import { thisPage } from './provider-buttons'
import { stateQuery } from './queries'

/** Over the page of a person whose session has ended: what they were doing goes on afterwards. */
export function SignInAgain() {
  return useSignedOut() ? <Dialog /> : null
}

function Dialog() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { user } = useMe()
  const [half, setHalf] = useState(false)
  function enter(person: Me) {
    // a passkey says itself whose it is
    if (person.user.id !== user.id) return window.location.assign('/')
    queries.setQueryData(meQuery().queryKey, person)
    session.belongsTo(person.user.id)
  }
  const { name } = user
  return (
    <Modal
      opened
      centered
      zIndex={400}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t`Please sign in again`}
    >
      <Stack gap="md">
        <Text size="sm">
          {t`The session of ${name} has ended. Everything on this page is kept and goes on when you are back.`}
        </Text>
        {half ? (
          <SecondStep onProved={enter} />
        ) : (
          <>
            <FirstStep email={user.email} onEntered={enter} onHalf={() => setHalf(true)} />
            <OtherWays next={thisPage()} onEntered={enter} />
          </>
        )}
      </Stack>
    </Modal>
  )
}

function SecondStep({ onProved }: { onProved: (person: Me) => void }) {
  const { t } = useLingui()
  const { data: state } = useQuery(stateQuery())
  if (!state) return <ListSkeleton />
  // whoever has to add a factor does so on the page made for it
  if (state.need === 'enrolment') window.location.assign('/sign-in')
  return <ProofForm ways={state.ways} verb={t`Sign in`} onProved={onProved} />
}

type StepProps = { email: string; onEntered: (person: Me) => void; onHalf: () => void }

function FirstStep({ email, onEntered, onHalf }: StepProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const enter = useMutation({
    mutationFn: () => signIn({ email, password }),
    onSuccess: onEntered,
    onError: (error) => needsMore(error) && onHalf(),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (password) enter.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <FormProblem>
          {enter.error && !needsMore(enter.error) && problemText(enter.error)}
        </FormProblem>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <PasswordInput
          autoFocus
          data-autofocus
          // Escape belongs to this dialog, not to one beneath it
          data-mantine-stop-propagation="true"
          autoComplete="current-password"
          label={t`Password`}
          error={tried && !password && t`Fill in this field`}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => window.location.assign('/sign-in')}>
            {t`Sign in as another person`}
          </Button>
          <Button type="submit" loading={enter.isPending}>
            {t`Sign in`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
