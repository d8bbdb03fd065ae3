import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck, IconCopy } from '@tabler/icons-react'

type Props = { codes: readonly string[]; onDone: () => void }

/** Told once: what lets one in when the phone is lost. */
export function RecoveryCodes({ codes, onDone }: Props) {
  const { t } = useLingui()
  return (
    <Stack gap="md">
      <Text size="sm">
        {t`Put these recovery codes away, for instance on paper. Each lets you in once when your second factor is lost. They are not shown again.`}
      </Text>
      <ul className="si-codes" aria-label={t`Recovery codes`}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Group justify="space-between">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? t`Copied` : t`Copy`}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone} data-autofocus>{t`I have put them away`}</Button>
      </Group>
    </Stack>
  )
}
