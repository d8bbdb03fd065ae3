import { ActionIcon, Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconKey, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { addScimToken, removeScimToken } from '@/shared/api/generated/federation'
import type { Provider, ScimToken } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { Section } from '@/ui/page'
import { Copied } from '@/ui/copied'
import { providerKeys, scimTokensQuery } from './queries'

/** With what the provider may keep accounts and groups up to date here (SCIM 2.0). */
export function ScimTokens({ provider }: { provider: Provider }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const mayEdit = useMay('federation.provider', 'edit')
  const { data: tokens = [] } = useQuery(scimTokensQuery(provider.id))
  const [name, setName] = useState('')
  const again = () => queries.invalidateQueries({ queryKey: providerKeys.tokens(provider.id) })
  const add = useMutation({
    mutationFn: () => addScimToken(provider.id, { name: name.trim() }),
    onSuccess: () => {
      setName('')
      return again()
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim()) add.mutate()
  }
  return (
    <Section title={t`Accounts by SCIM`}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t`The provider adds, changes and closes accounts here by itself. Give it this address and a token.`}
        </Text>
        <Copied text={`${window.location.origin}/scim/v2`} />
        {add.data && (
          <Alert variant="default" icon={<IconKey aria-hidden="true" />} p="sm">
            <Text size="sm">{t`Copy the token now: it is not shown again.`}</Text>
            <Copied text={add.data.secret} />
          </Alert>
        )}
        {tokens.map((token) => (
          <TokenLine key={token.id} provider={provider} token={token} onRemoved={again} />
        ))}
        {mayEdit && (
          <form onSubmit={submit}>
            <Group gap={8} align="flex-end" wrap="nowrap">
              <TextInput
                flex={1}
                label={t`Name of a new token`}
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button type="submit" variant="default" loading={add.isPending}>
                {t`Make a token`}
              </Button>
            </Group>
          </form>
        )}
      </Stack>
    </Section>
  )
}

type LineProps = { provider: Provider; token: ScimToken; onRemoved: () => Promise<unknown> }

function TokenLine({ provider, token, onRemoved }: LineProps) {
  const { t } = useLingui()
  const format = useFormat()
  const problemText = useProblemText()
  const mayEdit = useMay('federation.provider', 'edit')
  const remove = useMutation({
    mutationFn: () => removeScimToken(provider.id, token.id),
    onSuccess: onRemoved,
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  const { name } = token
  const until = format.date(token.expires_at.slice(0, 10))
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">
        {name}{' '}
        <Text span size="sm" c="dimmed">
          {t`until ${until}`}
        </Text>
      </Text>
      {mayEdit && (
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={remove.isPending}
          aria-label={t`Remove the token “${name}”`}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </Group>
  )
}
