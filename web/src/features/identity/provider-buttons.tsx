import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconKey } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { getStartSignInUrl, offeredProviders } from '@/shared/api/generated/federation'

export const offeredQuery = () =>
  queryOptions({
    queryKey: ['offered providers'],
    queryFn: ({ signal }) => offeredProviders({ signal }),
    retry: false,
  })

/** The page one is on, to come back to. */
export const thisPage = () => window.location.pathname + window.location.search

type Props = {
  /** Where it leads, a path of ours. */
  next: string
  /** The only one that helps here; whoever is signed in there proves it once more. */
  anewAt?: string
}

/** The ways in by an identity provider of the company. */
export function ProviderButtons({ next, anewAt }: Props) {
  const { t } = useLingui()
  const { data = [] } = useQuery(offeredQuery())
  const offered = data.filter(({ id }) => anewAt === undefined || id === anewAt)
  return offered.map(({ id, name }) => (
    <Button
      key={id}
      component="a"
      href={getStartSignInUrl(id, { next, ...(anewAt && { anew: true }) })}
      variant="default"
      fullWidth
      className="si-provider"
      leftSection={<IconKey size={16} aria-hidden="true" />}
    >
      {t`Sign in with ${name}`}
    </Button>
  ))
}
