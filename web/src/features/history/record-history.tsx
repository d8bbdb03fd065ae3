import './history.css'
import { Button, Text } from '@mantine/core'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, type RefObject } from 'react'
import type { HistoryEntry } from '@/shared/api/generated/model'
import { useNamesIn, useToldChanges } from '@/shared/changes'
import type { historyQuery } from '@/shared/history'
import { rowsOf } from '@/shared/lib/list'
import { Failure } from '@/ui/failure'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'

const HAPPENED: Record<string, MessageDescriptor> = {
  'customers.company-added': msg`added the company`,
  'customers.company-changed': msg`changed the company`,
  'customers.person-added': msg`added the person`,
  'customers.person-changed': msg`changed the person`,
  'customers.person-erased': msg`erased the person`,
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

/** What happened to a record, newest first: who, when, from what to what. */
export function RecordHistory({ query }: { query: ReturnType<typeof historyQuery> }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(query)
  const entries = rowsOf(source.data)
  const { list, follow } = useFocusOn(entries.length)
  if (source.error && !source.data)
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  if (source.isPending) return <ListSkeleton rows={3} />
  if (entries.length === 0) return <Text size="sm" c="dimmed">{t`Nothing has happened yet.`}</Text>
  return (
    <>
      <Entries entries={entries} list={list} />
      {source.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={source.isFetchingNextPage}
          onClick={() => {
            follow()
            void source.fetchNextPage()
          }}
        >
          {t`Show earlier`}
        </Button>
      )}
    </>
  )
}

/** After `follow`, the focus goes to the first row that comes: what was asked for is read on. */
function useFocusOn(rows: number) {
  const list = useRef<HTMLOListElement>(null)
  const from = useRef<number>(null)
  useEffect(() => {
    if (from.current === null || rows <= from.current) return
    const first = list.current?.children[from.current]
    from.current = null
    if (first instanceof HTMLElement) first.focus()
  }, [rows])
  const follow = () => {
    from.current = rows
  }
  return { list, follow }
}

type Props = { entries: readonly HistoryEntry[]; list: RefObject<HTMLOListElement | null> }

function Entries({ entries, list }: Props) {
  const { t, i18n } = useLingui()
  const told = useToldChanges(useNamesIn(entries.map((entry) => entry.changes)))
  return (
    <ol className="hs" ref={list}>
      {entries.map((entry) => {
        const [kind] = /(?<=\.)[a-z]+/.exec(entry.name) ?? []
        const happened = HAPPENED[entry.name.replace(/\.v\d+$/, '')]
        const via = VIA[entry.via]
        return (
          <li key={entry.id} tabIndex={-1}>
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
