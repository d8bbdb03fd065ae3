import { useLingui } from '@lingui/react/macro'
import type { SeenBy } from '@/shared/api/generated/model'
import { useMe, useTeams } from '@/shared/reference'

type Shared = { seen_by: SeenBy; team_id: string | null }

/** Whom a view or a segment is for, as one choice: `me`, `all`, or a team by its id. */
export const whoseOf = (shared: Shared | undefined): string =>
  shared?.seen_by === 'team' ? (shared.team_id ?? 'me') : (shared?.seen_by ?? 'me')

export function seenByOf(whose: string): Shared {
  if (whose === 'me' || whose === 'all') return { seen_by: whose, team_id: null }
  return { seen_by: 'team', team_id: whose }
}

/** To whom one may show it: oneself, a team of one's own, everybody with the right. */
export function useAudience(
  shared: Shared | undefined,
  mayShare: boolean,
): { value: string; label: string }[] {
  const { t } = useLingui()
  const { user } = useMe()
  const teams = useTeams().filter(
    ({ id, lead_id }) => id === user.team_id || lead_id === user.id || id === shared?.team_id,
  )
  return [
    { value: 'me', label: t`Only me` },
    ...teams.map(({ id, name }) => ({
      value: id,
      label: t({ message: `Team “${name}”`, context: 'view' }),
    })),
    ...(mayShare || shared?.seen_by === 'all' ? [{ value: 'all', label: t`Everybody` }] : []),
  ]
}
