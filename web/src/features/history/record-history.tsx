import './history.css'
import { Text } from '@mantine/core'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQuery, type UseQueryOptions } from '@tanstack/react-query'
import type { HistoryEntry } from '@/shared/api/generated/model'
import { useNamesIn, useToldChanges } from '@/shared/changes'
import { Failure } from '@/ui/failure'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'

const HAPPENED: Record<string, MessageDescriptor> = {
  'customers.company-added': msg`added the company`,
  'customers.company-changed': msg`changed the company`,
  'customers.person-added': msg`added the person`,
  'customers.person-changed': msg`changed the person`,
  'sales.deal-changed': msg`changed the deal`,
  'sales.deal-moved': msg`moved the deal`,
  'sales.deal-opened': msg`opened the deal`,
}

const VIA: Record<string, MessageDescriptor> = {
  api: msg`through the API`,
  automation: msg`by a rule`,
  import: msg`by an import`,
  rule: msg`by a rule`,
}

type Query = Pick<
  UseQueryOptions<HistoryEntry[], Error, HistoryEntry[], readonly string[]>,
  'queryKey' | 'queryFn'
>

/** What happened to a record, newest first: who, when, from what to what. */
export function RecordHistory({ query }: { query: object }) {
  const { t, i18n } = useLingui()
  const { data, error, refetch } = useQuery(query as Query)
  const told = useToldChanges(useNamesIn((data ?? []).map((entry) => entry.changes)))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={3} />
  if (data.length === 0) return <Text size="sm" c="dimmed">{t`Nothing has happened yet.`}</Text>
  return (
    <ol className="hs">
      {data.map((entry) => {
        const [kind] = /(?<=\.)[a-z]+/.exec(entry.name) ?? []
        const happened = HAPPENED[entry.name.replace(/\.v\d+$/, '')]
        const via = VIA[entry.via]
        return (
          <li key={entry.id}>
            <div className="hs-head">
              <b>{entry.actor_name ?? t`Gausdo`}</b> {happened ? i18n._(happened) : entry.name}
              {via && <> {i18n._(via)}</>}
              <span>
                <RelativeTime at={entry.at} />
              </span>
            </div>
            {entry.version === 1 ? (
              <p>
                {told(entry.changes, kind)
                  .map((change) => `${change.name}: ${change.after}`)
                  .join(' · ')}
              </p>
            ) : (
              <ul>
                {told(entry.changes, kind).map((change) => (
                  <li key={change.field}>
                    {change.name}: <s>{change.before}</s> → {change.after}
                  </li>
                ))}
              </ul>
            )}
          </li>
        )
      })}
    </ol>
  )
}
