import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { changePassword } from '@/shared/api/generated/passwords'
import { useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { NewPasswordInput, SHORTEST } from './new-password-input'
import { sessionsQuery } from './queries'
import { useRefusedPassword } from './refused-password'

/** One's password, and the change of it. */
export function PasswordSection() {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  return (
    <Section
      title={t`Password`}
      actions={
        <Button variant="default" size="compact-md" onClick={() => setOpen(true)}>
          {t`Change…`}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {t`When it changes you are signed out everywhere else, and a letter tells you.`}
      </Text>
      <Modal opened={open} onClose={() => setOpen(false)} title={t`Change the password`}>
        <Form onDone={() => setOpen(false)} />
      </Modal>
    </Section>
  )
}

function Form({ onDone }: { onDone: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const refused = useRefusedPassword()
  const { user } = useMe()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const change = useMutation({
    mutationFn: () => changePassword({ current, password }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: sessionsQuery().queryKey })
      notifications.show({ message: t`The new password holds from now on.` })
      onDone()
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (current && password.length >= SHORTEST) change.mutate()
  }
  const field = refused(change.error)
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <FormProblem>{change.error && !field && problemText(change.error)}</FormProblem>
        <input type="hidden" name="username" autoComplete="username" value={user.email} readOnly />
        <PasswordInput
          data-autofocus
          autoComplete="current-password"
          label={t`Present password`}
          maxLength={128}
          error={tried && !current && t`Fill in this field`}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
        <NewPasswordInput
          label={t`New password`}
          error={
            field ?? (tried && password.length < SHORTEST && t`At least ${SHORTEST} characters`)
          }
          value={password}
          onChange={setPassword}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t`Change`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
