import { Button, Group, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { ApiKey } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { Confirm } from '@/ui/confirm'
import { RelativeTime, useNow } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import { useRevokeApiKey } from './changes'
import { daysLeft, standingOf } from './key-standing'

type Props = { apiKey: ApiKey; onEdit?: () => void }

/** One key: what it may, in whose name, until when, and the end of it. */
export function KeyRow({ apiKey, onEdit }: Props) {
  const { t, i18n } = useLingui()
  const mayEdit = useMay('integrations.key', 'edit')
  const { name, hint, networks } = apiKey
  const roles = apiKey.roles.map((role) => roleName(i18n, role) || t`a role that is gone`)
  return (
    <li>
      <div className="ik-text">
        <Text component="div" size="sm" fw={560} className="ik-name">
          {name} <KeyTag apiKey={apiKey} />
        </Text>
        <Text component="div" size="xs" c="dimmed">
          <code>gsd_…{hint}</code> · {apiKey.person_name} · {roles.join(', ')}
        </Text>
        <Text component="div" size="xs" c="dimmed">
          <Ends apiKey={apiKey} /> · <LastUse apiKey={apiKey} />
          {networks.length > 0 && <> · {t`only from ${networks.join(', ')}`}</>}
        </Text>
      </div>
      {onEdit && mayEdit && (
        <Group gap={8} wrap="nowrap">
          <Button variant="default" size="compact-md" onClick={onEdit}>
            {t`Change`}
          </Button>
          <Revoke apiKey={apiKey} />
        </Group>
      )}
    </li>
  )
}

function KeyTag({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui()
  const clock = useNow()
  const days = daysLeft(apiKey, clock)
  if (apiKey.revoked_at) return <Tag tone="red">{t`Revoked`}</Tag>
  const standing = standingOf(apiKey, clock)
  if (standing === 'over') return <Tag>{t`Came to its end`}</Tag>
  if (standing === 'live') return null
  return (
    <Tag tone="amber">
      <Plural value={days} one="ends in # day" other="ends in # days" />
    </Tag>
  )
}

function Ends({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui()
  const format = useFormat()
  const day = format.date((apiKey.revoked_at ?? apiKey.expires_at).slice(0, 10))
  return apiKey.revoked_at ? t`revoked on ${day}` : t`until ${day}`
}

function LastUse({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui()
  if (!apiKey.used_at) return t`never used`
  return (
    <>
      {t`last used`} <RelativeTime at={apiKey.used_at} />
      {apiKey.used_from && ` (${apiKey.used_from})`}
    </>
  )
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const revoke = useRevokeApiKey()
  const [asked, setAsked] = useState(false)
  const { name } = apiKey
  return (
    <>
      <Button variant="default" size="compact-md" onClick={() => setAsked(true)}>
        {t`Revoke…`}
      </Button>
      <Confirm
        opened={asked}
        title={t`Revoke the key “${name}”?`}
        verb={t`Revoke`}
        busy={revoke.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          revoke.mutate(apiKey.id, {
            onSuccess: () => notifications.show({ message: t`The key “${name}” is revoked` }),
            onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
            onSettled: () => setAsked(false),
          })
        }
      >
        {t`Whatever uses it stops working at once. This cannot be taken back.`}
      </Confirm>
    </>
  )
}
