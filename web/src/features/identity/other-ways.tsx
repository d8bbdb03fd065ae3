import { Button, Divider, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconKey } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getStartSignInUrl, offeredProviders } from '@/shared/api/generated/federation'
import type { Me } from '@/shared/api/generated/model'
import { PasskeyButton } from './passkey-button'
import { knowsPasskeys } from './passkeys'

const offeredQuery = () =>
  queryOptions({
    queryKey: ['offered providers'],
    queryFn: ({ signal }) => offeredProviders({ signal }),
    retry: false,
  })

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
        {offered.map(({ id, name }) => (
          <Button
            key={id}
            component="a"
            href={getStartSignInUrl(id, { next })}
            variant="default"
            fullWidth
            leftSection={<IconKey size={16} aria-hidden="true" />}
          >
            {t`Sign in with ${name}`}
          </Button>
        ))}
      </Stack>
    </>
  )
}
