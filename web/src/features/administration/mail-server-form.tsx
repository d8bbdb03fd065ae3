import {
  Button,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { changeMailServer, resetMailServer } from '@/shared/api/generated/communications'
import type { MailSecurity, MailServer } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { FormProblem } from '@/ui/form-parts'
import { MailTrial } from './mail-trial'

export const MAIL_SERVER = ['mail-server']

/** By which server letters leave; a password that is there is kept, and never shown. */
export function MailServerForm({ server }: { server: MailServer }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const mayEdit = useMay('communications.mail', 'edit')
  const { host: atHost, port: atPort, security: atSecurity, user: atUser, sender: by } = server
  const [host, setHost] = useState(atHost)
  const [port, setPort] = useState<number | string>(atPort)
  const [security, setSecurity] = useState<MailSecurity>(atSecurity)
  const [user, setUser] = useState(atUser ?? '')
  const [password, setPassword] = useState('')
  const [sender, setSender] = useState(by)
  const told = (saved: MailServer) => {
    queries.setQueryData(MAIL_SERVER, saved)
    notifications.show({ message: t`Letters leave this way from now on.` })
  }
  const read = () => void queries.invalidateQueries({ queryKey: MAIL_SERVER })
  const save = useMutation({
    mutationFn: () =>
      changeMailServer({
        version: server.version,
        host,
        port: Number(port),
        security,
        user: user || null,
        sender,
        ...(password && { password }),
      }),
    onSuccess: told,
    onError: (error) => error instanceof ApiError && error.code === 'stale' && read(),
  })
  const reset = useMutation({ mutationFn: () => resetMailServer(), onSuccess: told })
  const errors = save.error instanceof ApiError ? save.error.errors : []
  const wrong = (field: string) => {
    const found = errors.find((one) => one.field === field)
    return found && fieldText(i18n, found)
  }
  const refused = save.error ?? reset.error
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }
  return (
    <>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" maw={560}>
          <Text size="sm" c="dimmed">
            {server.own
              ? t`Told here. It stands above what the environment says.`
              : t`As the environment of the server says (GAUSDO_SMTP_URL, GAUSDO_MAIL_FROM). What is saved here stands above it.`}
          </Text>
          <FormProblem>{refused && errors.length === 0 && problemText(refused)}</FormProblem>
          <TextInput
            label={t`Host`}
            withAsterisk
            maxLength={253}
            value={host}
            error={wrong('host')}
            disabled={!mayEdit}
            onChange={(event) => setHost(event.currentTarget.value)}
          />
          <Group grow align="flex-start">
            <NumberInput
              label={t`Port`}
              withAsterisk
              min={1}
              max={65_535}
              hideControls
              value={port}
              error={wrong('port')}
              disabled={!mayEdit}
              onChange={setPort}
            />
            <Select
              label={t`Encryption`}
              allowDeselect={false}
              data={[
                { value: 'tls', label: 'TLS' },
                { value: 'starttls', label: 'STARTTLS' },
                { value: 'none', label: t`None` },
              ]}
              value={security}
              error={wrong('security')}
              disabled={!mayEdit}
              onChange={(value) => setSecurity(value as MailSecurity)}
            />
          </Group>
          <TextInput
            label={t`User`}
            autoComplete="off"
            maxLength={200}
            value={user}
            error={wrong('user')}
            disabled={!mayEdit}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label={t`Password`}
            description={
              server.has_password
                ? t`Leave it empty to keep the one that is there; another server or user needs it anew`
                : undefined
            }
            autoComplete="new-password"
            maxLength={500}
            value={password}
            error={wrong('password')}
            disabled={!mayEdit}
            visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <TextInput
            label={t`Sender`}
            placeholder="Gausdo <crm@example.org>"
            withAsterisk
            maxLength={200}
            value={sender}
            error={wrong('sender')}
            disabled={!mayEdit}
            onChange={(event) => setSender(event.currentTarget.value)}
          />
          {mayEdit && (
            <Group>
              <Button type="submit" loading={save.isPending}>
                {t`Save`}
              </Button>
              {server.own && (
                <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
                  {t`Back to the environment’s`}
                </Button>
              )}
            </Group>
          )}
        </Stack>
      </form>
      {mayEdit && <MailTrial />}
    </>
  )
}
