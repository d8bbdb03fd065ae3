import { Button, Group, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react'
import { useState } from 'react'
import type { Enrolled, FactorKind } from '@/shared/api/generated/model'
import { PasskeyEnrolment } from './passkey-enrolment'
import { knowsPasskeys } from './passkeys'
import { RecoveryCodes } from './recovery-codes'
import { TotpEnrolment } from './totp-enrolment'

type Props = { onDone: () => void; onCancel: () => void }

/** A second factor, then the recovery codes that come with the first. */
export function AddFactor({ onDone, onCancel }: Props) {
  const [codes, setCodes] = useState<string[]>()
  const [kind, setKind] = useState<FactorKind | undefined>(knowsPasskeys() ? undefined : 'totp')
  function added({ recovery_codes: told }: Enrolled) {
    if (told.length > 0) setCodes(told)
    else onDone()
  }
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />
  if (!kind) return <Kinds onChosen={setKind} onCancel={onCancel} />
  const Enrolment = kind === 'totp' ? TotpEnrolment : PasskeyEnrolment
  return <Enrolment onDone={added} onCancel={onCancel} />
}

type KindsProps = { onChosen: (kind: FactorKind) => void; onCancel: () => void }

/** What there is to choose from, the better one first. */
function Kinds({ onChosen, onCancel }: KindsProps) {
  const { t } = useLingui()
  return (
    <Stack gap="md">
      <div>
        <Button
          fullWidth
          data-autofocus
          leftSection={<IconFingerprint size={16} aria-hidden="true" />}
          onClick={() => onChosen('passkey')}
        >
          {t`Passkey`}
        </Button>
        <Text size="sm" c="dimmed" mt={6}>
          {t`Your finger, face, PIN or a security key. Nobody can lure it out of you, and it lets you in without the password.`}
        </Text>
      </div>
      <div>
        <Button
          fullWidth
          variant="default"
          leftSection={<IconDeviceMobile size={16} aria-hidden="true" />}
          onClick={() => onChosen('totp')}
        >
          {t`Authenticator`}
        </Button>
        <Text size="sm" c="dimmed" mt={6}>
          {t`An application on your phone that shows six digits.`}
        </Text>
      </div>
      <Group justify="flex-end">
        <Button variant="subtle" onClick={onCancel}>
          {t`Cancel`}
        </Button>
      </Group>
    </Stack>
  )
}
