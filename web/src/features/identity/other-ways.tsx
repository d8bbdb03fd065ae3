import { Divider, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Me } from '@/shared/api/generated/model'
import { PasskeyButton } from './passkey-button'
import { knowsPasskeys } from './passkeys'
import { offeredQuery, ProviderButtons } from './provider-buttons'

type Props = { next: string; onEntered: (person: Me) => void }

/** The ways in beside a password: a passkey, an identity provider of the company. */
export function OtherWays({ next, onEntered }: Props) {
  const { t } = useLingui()
  const { data: offered = [] } = useQuery(offeredQuery())
  if (offered.length === 0 && !knowsPasskeys()) return null
  return (
    <>
      <Divider label={t`or`} />
      <Stack gap={8}>
        <PasskeyButton onEntered={onEntered} />
        <ProviderButtons next={next} />
      </Stack>
    </>
  )
}
