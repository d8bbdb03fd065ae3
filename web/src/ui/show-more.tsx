import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'

type Props = {
  /** An endless query, whose next page is fetched when asked for. */
  source: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}

/** The end of a list that goes on. */
export function ShowMore({ source }: Props) {
  const { t } = useLingui()
  if (!source.hasNextPage) return null
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      style={{ alignSelf: 'flex-start' }}
      loading={source.isFetchingNextPage}
      onClick={() => void source.fetchNextPage()}
    >
      {t`Show more`}
    </Button>
  )
}
