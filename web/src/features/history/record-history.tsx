import './history.css'
import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, type RefObject } from 'react'
import type { HistoryEntry } from '@/shared/api/generated/model'
import { kindIn, useNamesIn, useToldChanges } from '@/shared/changes'
import { useCauseText } from '@/shared/causes'
import { happenedText } from '@/shared/happened'
import type { historyQuery } from '@/shared/history'
import { rowsOf } from '@/shared/lib/list'
import { Failure } from '@/ui/failure'
import type { Restore } from '@/shared/restore'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { WhenSeen } from '@/ui/when-seen'

/** What is told of merges, lines, contacts, competitors, consents and quotes is no value one could bring back by itself. */
const NOT_BROUGHT_BACK = new Set([
  'merged',
  'parted',
  'lines',
  'contacts',
  'competitors',
  'consents',
  'lost_to',
  'quote_made',
  'quote_sent',
  'quote_accepted',
  'quote_declined',
])

/** Of what is kept encrypted no history has a value. */
const isBroughtBack = (field: string) =>
  !NOT_BROUGHT_BACK.has(field) && !field.startsWith('custom.sealed_')

type HistoryProps = {
  query: ReturnType<typeof historyQuery>
  /** Brings earlier values back; without it nobody is offered that. */
  restore?: Restore | undefined
}

/** What happened to a record, newest first: who, when, from what to what. */
export function RecordHistory(props: HistoryProps) {
  return (
    <WhenSeen>
      <History {...props} />
    </WhenSeen>
  )
}

function History({ query, restore }: HistoryProps) {
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
      <Entries entries={entries} list={list} restore={restore} />
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

type Props = {
  entries: readonly HistoryEntry[]
  list: RefObject<HTMLOListElement | null>
  restore: Restore | undefined
}

function Entries({ entries, list, restore }: Props) {
  const { t, i18n } = useLingui()
  const bringBack = ({ name, before }: { name: string; before: string }) =>
    t`Bring back ${name}: ${before}`
  const told = useToldChanges(
    useNamesIn(entries.map(({ name, changes }) => ({ kind: kindIn(name), changes }))),
  )
  const causeText = useCauseText(entries)
  return (
    <ol className="hs" ref={list}>
      {entries.map((entry) => {
        const kind = kindIn(entry.name)
        const cause = causeText(entry)
        return (
          <li key={entry.id} tabIndex={-1}>
            <div className="hs-head">
              <b>{entry.actor_name ?? t`Gausdo`}</b> {happenedText(i18n, entry.name)}
              {cause && <> {cause}</>}
              <span>
                <RelativeTime at={entry.at} />
                {entry.address && ` · ${entry.address}`}
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
                    {change.name}: <s>{change.before}</s> → {change.after}{' '}
                    {restore && isBroughtBack(change.field) && (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        disabled={restore.busy}
                        aria-label={bringBack(change)}
                        onClick={() =>
                          restore.run({
                            entry_id: entry.id,
                            field: change.field,
                            version: entries[0]?.version ?? entry.version,
                          })
                        }
                      >
                        {t`Bring back`}
                      </Button>
                    )}
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
