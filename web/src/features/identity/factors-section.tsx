import { ActionIcon, Button, Group, Modal, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { removeFactor, renewRecoveryCodes } from '@/shared/api/generated/factors'
import type { Factor, Factors } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { Confirm } from '@/ui/confirm'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { AddFactor } from './add-factor'
import { FactorNameForm } from './factor-name-form'
import { factorsQuery } from './queries'
import { RecoveryCodes } from './recovery-codes'
import './sign-in.css'

/** What one proves with, beside the password, who one is. */
export function FactorsSection() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(factorsQuery())
  function added() {
    setAdding(false)
    void queries.invalidateQueries({ queryKey: factorsQuery().queryKey })
  }
  return (
    <Section
      title={t`Second factors`}
      actions={
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconPlus size={15} />}
          onClick={() => setAdding(true)}
        >
          {t`Add`}
        </Button>
      }
    >
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <ListSkeleton />
      ) : (
        <Known {...data} />
      )}
      <Modal opened={adding} onClose={added} title={t`Add a second factor`}>
        <AddFactor onDone={added} onCancel={() => setAdding(false)} />
      </Modal>
    </Section>
  )
}

function Known({ factors, recovery_codes: left, required }: Factors) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [removed, setRemoved] = useState<Factor>()
  const [renamed, setRenamed] = useState<Factor>()
  const [codes, setCodes] = useState<string[]>()
  const onError = (error: Error) =>
    notifications.show({ color: 'red', message: problemText(error) })
  const reload = () => queries.invalidateQueries({ queryKey: factorsQuery().queryKey })
  const remove = useMutation({
    mutationFn: (id: string) => removeFactor(id),
    onError,
    onSettled: reload,
  })
  const renew = useMutation({
    mutationFn: () => renewRecoveryCodes(),
    onSuccess: (told) => setCodes(told.recovery_codes),
    onError,
    onSettled: reload,
  })
  if (factors.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t`A password can be stolen. A second factor keeps your account yours all the same.`}
      </Text>
    )
  }
  const name = removed?.name ?? ''
  const renameWords = (name: string) => t`Rename ${name}`
  const removeWords = (name: string) => t`Remove ${name}`
  return (
    <>
      <ul className="st-list">
        {factors.map((one) => (
          <li key={one.id}>
            <div>
              <Text component="div" size="sm" fw={540} className="st-tagged">
                {one.name} <Tag>{one.kind === 'totp' ? t`authenticator` : t`passkey`}</Tag>
              </Text>
              <Text size="xs" c="dimmed">
                {one.used_at ? <RelativeTime at={one.used_at} /> : t`never used yet`}
              </Text>
            </div>
            <Group gap="xs" wrap="nowrap">
              <ActionIcon
                variant="subtle"
                size="lg"
                onClick={() => setRenamed(one)}
                aria-label={renameWords(one.name)}
              >
                <IconPencil size={16} aria-hidden="true" />
              </ActionIcon>
              <Button
                variant="default"
                size="compact-md"
                disabled={required && factors.length === 1}
                onClick={() => setRemoved(one)}
                aria-label={removeWords(one.name)}
              >
                {t`Remove`}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      <Group justify="space-between" mt="sm">
        <Text size="sm">
          <Plural value={left} one="# recovery code is left" other="# recovery codes are left" />
        </Text>
        <Button
          variant="default"
          size="compact-md"
          loading={renew.isPending}
          onClick={() => renew.mutate()}
        >
          {t`New recovery codes`}
        </Button>
      </Group>
      <Modal
        opened={renamed !== undefined}
        onClose={() => setRenamed(undefined)}
        title={t`What to call it`}
      >
        {renamed && <FactorNameForm factor={renamed} onDone={() => setRenamed(undefined)} />}
      </Modal>
      <Confirm
        opened={removed !== undefined}
        title={t`Remove ${name}?`}
        verb={t`Remove`}
        onClose={() => setRemoved(undefined)}
        onConfirm={() => {
          if (removed) remove.mutate(removed.id)
          setRemoved(undefined)
        }}
      >
        {t`It will not let you in any more.`}
      </Confirm>
      <Modal
        opened={codes !== undefined}
        onClose={() => setCodes(undefined)}
        title={t`Recovery codes`}
      >
        <RecoveryCodes codes={codes ?? []} onDone={() => setCodes(undefined)} />
      </Modal>
    </>
  )
}
