import { Button, Divider, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconKey } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getStartSignInUrl, offeredProviders } from '@/shared/api/generated/federation'

const offeredQuery = () =>
  queryOptions({
    queryKey: ['offered providers'],
    queryFn: ({ signal }) => offeredProviders({ signal }),
    retry: false,
  })

/** The ways in by an identity provider of the company; nothing where there is none. */
export function ProviderButtons({ next }: { next: string }) {
  const { t } = useLingui()
  const { data: offered = [] } = useQuery(offeredQuery())
  if (offered.length === 0) return null
  return (
    <>
      <Divider label={t`or`} />
      <Stack gap={8}>
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
