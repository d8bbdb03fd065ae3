import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import type { ApiKey, NewApiKey } from '@/shared/api/generated/model'
import { Copied } from '@/ui/copied'
import { useFocusBack } from '@/ui/use-focus-back'
import { KeyForm } from './key-form'

type Props = {
  /** Absent for a new one. */
  apiKey?: ApiKey
  onClose: () => void
}

/** A key is made here, or changed; a new one is shown once. */
export function KeyDialog({ apiKey, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const [made, setMade] = useState<NewApiKey>()
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={!made}
      title={made ? t`The new key` : (apiKey?.name ?? t`New key`)}
    >
      {made ? (
        <Made made={made} onClose={onClose} />
      ) : (
        <KeyForm {...(apiKey && { apiKey })} onMade={setMade} onClose={onClose} />
      )}
    </Modal>
  )
}

function Made({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  const { t } = useLingui()
  return (
    <Stack gap="md">
      <Alert variant="default" icon={<IconKey aria-hidden="true" />} p="sm">
        {t`Copy the key now: it is not shown again.`}
      </Alert>
      <Copied text={made.secret} />
      <Stack gap={4}>
        <Text size="sm">{t`A program sends it with each request:`}</Text>
        <Copied text={`Authorization: Bearer ${made.secret}`} />
      </Stack>
      <Stack gap={4}>
        <Text size="sm">
          {t`Or, for OAuth 2.0, it exchanges it for short tokens; the key is the client's secret, and this its id:`}
        </Text>
        <Copied text={made.key.id} />
      </Stack>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>{t`I have put it away`}</Button>
      </Group>
    </Stack>
  )
}
