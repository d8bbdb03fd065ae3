import { Button, Group, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { connectMyCalendar } from '@/shared/api/generated/activities'
import { useOutside } from './outside-queries'

const SERVERS: Record<string, string> = {
  yandex: 'https://caldav.yandex.ru',
  mailru: 'https://calendar.mail.ru',
  icloud: 'https://caldav.icloud.com',
  other: '',
}

/** Connects an account by its server, name and a password made for this. */
export function OutsideForm({ onDone }: { onDone: () => void }) {
  const { t } = useLingui()
  const [service, setService] = useState('yandex')
  const [url, setUrl] = useState('')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const connect = useOutside(connectMyCalendar)
  const address = SERVERS[service] || url.trim()
  const whole = address !== '' && user.trim() !== '' && password !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (whole) connect.mutate({ url: address, user, password }, { onSuccess: onDone })
      }}
    >
      <Stack gap="sm" maw={420}>
        <Select
          label={t`Where it is kept`}
          allowDeselect={false}
          value={service}
          onChange={(value) => value && setService(value)}
          data={[
            { value: 'yandex', label: t`Yandex` },
            { value: 'mailru', label: 'Mail.ru' },
            { value: 'icloud', label: 'iCloud' },
            { value: 'other', label: t`Nextcloud or another server` },
          ]}
        />
        {service === 'other' && (
          <TextInput
            label={t`Address of the server`}
            placeholder="https://cloud.example.com/remote.php/dav"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t`Name you sign in with there`}
          autoComplete="off"
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label={t`Password for applications`}
          description={t`Make one for Gausdo alone in the settings of that account; your own password often does not work here.`}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Text size="xs" c="dimmed">
          {t`The password is kept sealed, and is sent to that server only.`}
        </Text>
        <Group gap="xs">
          <Button type="submit" disabled={!whole} loading={connect.isPending}>
            {t`Connect`}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t`Cancel`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
