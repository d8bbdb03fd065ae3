import { Alert, Button, Checkbox, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { msg } from '@lingui/core/macro'
import type { MessageDescriptor } from '@lingui/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import {
  changeMyCalendarPassword,
  changeMyOutsideCalendar,
  disconnectMyCalendar,
  readMyCalendar,
} from '@/shared/api/generated/activities'
import type { OutsideAccount, OutsideCalendarChange } from '@/shared/api/generated/model'
import { Confirm } from '@/ui/confirm'
import { RelativeTime } from '@/ui/relative-time'
import { useOutside } from './outside-queries'

/** What stands in the way, and what to do about it. */
const PROBLEMS: Record<string, MessageDescriptor> = {
  refused: msg`The server refuses the name or the password. Make a new password for applications there, and tell it here.`,
  unreachable: msg`The server does not answer now. It is asked again in a quarter of an hour.`,
  blocked: msg`This address may not be called from here. Ask your administrator whether it is to be allowed.`,
  elsewhere: msg`The server leads to another one, which does not get your password. Connect that one by its own address.`,
  gone: msg`There is nothing at this address. Look up the address for CalDAV in the help of your calendar.`,
  'no-calendars': msg`There are no calendars with events at this address.`,
  'too-much': msg`The calendar has series that take too long to be counted.`,
}
const OTHER = msg`The server does not answer as one of calendars does. Look up the address for CalDAV in the help of your calendar.`

/** One account: its calendars to choose from, how it was read, and what can be done. */
export function OutsideAccountView({ account }: { account: OutsideAccount }) {
  const { t, i18n } = useLingui()
  const { id, host, user, problem, state, calendars } = account
  const [asks, setAsks] = useState(false)
  const read = useOutside(() => readMyCalendar(id))
  const end = useOutside(() => disconnectMyCalendar(id))
  const choose = useOutside((sent: { id: string; change: OutsideCalendarChange }) =>
    changeMyOutsideCalendar(sent.id, sent.change),
  )
  return (
    <Stack gap={8}>
      <Group gap="xs" justify="space-between">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text fw={600}>{user}</Text>
          <Text size="xs" c="dimmed">
            {host}
            {account.read_at && (
              <>
                {' · '}
                <Trans>
                  read <RelativeTime at={account.read_at} />
                </Trans>
              </>
            )}
            {state === 'looking' && ` · ${t`looking for calendars…`}`}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            loading={read.isPending || state === 'looking'}
            onClick={() => read.mutate(undefined)}
          >
            {t`Read now`}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsks(true)}>
            {t`Disconnect`}
          </Button>
        </Group>
      </Group>
      {problem && (
        <Alert color={state === 'stopped' ? 'red' : 'yellow'} role="alert">
          {i18n._(PROBLEMS[problem] ?? OTHER)}
        </Alert>
      )}
      {problem === 'refused' && <NewPassword id={id} />}
      {calendars.map((one) => (
        <Group key={one.id} gap="md">
          <Checkbox
            label={one.name}
            checked={one.chosen}
            onChange={(event) =>
              choose.mutate({ id: one.id, change: { chosen: event.currentTarget.checked } })
            }
          />
          {one.chosen && (
            <Checkbox
              size="xs"
              label={t`Colleagues see when I am busy`}
              checked={one.busy}
              onChange={(event) =>
                choose.mutate({ id: one.id, change: { busy: event.currentTarget.checked } })
              }
            />
          )}
        </Group>
      ))}
      <Confirm
        opened={asks}
        title={t`Disconnect ${user}?`}
        verb={t`Disconnect`}
        busy={end.isPending}
        onConfirm={() => end.mutate(undefined, { onSuccess: () => setAsks(false) })}
        onClose={() => setAsks(false)}
      >
        {t`Its events leave the calendar here, and the password is forgotten. There everything stays.`}
      </Confirm>
    </Stack>
  )
}

function NewPassword({ id }: { id: string }) {
  const { t } = useLingui()
  const [password, setPassword] = useState('')
  const change = useOutside(() => changeMyCalendarPassword(id, { password }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (password) change.mutate(undefined)
      }}
    >
      <Group gap="xs" align="flex-end">
        <PasswordInput
          label={t`New password for applications`}
          autoComplete="new-password"
          w={280}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!password} loading={change.isPending}>
          {t`Try again`}
        </Button>
      </Group>
    </form>
  )
}
