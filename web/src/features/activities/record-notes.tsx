import { Chip, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { kindIn, useNamesIn, useToldChanges } from '@/shared/changes'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import type { RecordKind } from './kinds'
import { NoteField } from './note-field'
import { timelineQuery } from './queries'
import { Entry } from './timeline-entry'
import './timeline.css'

type Props = { kind: RecordKind; id: string }

/** What happened around a record, the latest first, and where the next note is written. */
export function RecordNotes({ kind, id }: Props) {
  const { t } = useLingui()
  const mayCreate = useMay('activities.note', 'create')
  const [kinds, setKinds] = useState('')
  const shown = [
    { kinds: '', label: t({ message: 'All', context: 'timeline' }) },
    { kinds: 'note', label: t`Notes` },
    { kinds: 'task', label: t`Tasks` },
    { kinds: 'meeting,call', label: t`Meetings and calls` },
    { kinds: 'letter', label: t`Letters` },
    { kinds: 'deal', label: t`Deals` },
    { kinds: 'change', label: t`Changes` },
  ]
  return (
    <Section title={t`Timeline`}>
      {mayCreate && <NoteField kind={kind} id={id} />}
      <Chip.Group value={kinds} onChange={(chosen) => setKinds(chosen)}>
        <div className="tl-kinds" role="group" aria-label={t`What is shown`}>
          {shown.map((one) => (
            <Chip key={one.kinds} value={one.kinds} size="xs">
              {one.label}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      <Entries key={kinds} kind={kind} id={id} kinds={kinds} />
    </Section>
  )
}

function Entries({ kind, id, kinds }: { kind: RecordKind; id: string; kinds: string }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(timelineQuery(kind, id, kinds))
  const entries = rowsOf(source.data)
  const changes = entries.flatMap(({ change }) => change ?? [])
  const told = useToldChanges(
    useNamesIn(changes.map((one) => ({ kind: kindIn(one.name), changes: one.changes }))),
  )
  const { list, end } = useReadOn(source)
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={4} />
  return (
    <div ref={list} className="tl-scroll" role="region" aria-label={t`Timeline`}>
      {entries.length === 0 && !source.hasNextPage ? (
        <Text size="sm" c="dimmed">{t`Nothing has happened yet.`}</Text>
      ) : (
        <ol className="tl-list">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} here={id} told={told} />
          ))}
        </ol>
      )}
      <div ref={end} />
      <ShowMore source={source} />
    </div>
  )
}

/** Where its end comes into view within the list, the next page is read. */
function useReadOn(source: {
  hasNextPage: boolean
  isFetching: boolean
  isError: boolean
  fetchNextPage: () => unknown
}) {
  const list = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const { hasNextPage, isFetching, isError, fetchNextPage } = source
  useEffect(() => {
    const seen = end.current
    if (!seen || !hasNextPage || isFetching || isError) return undefined
    const watch = new IntersectionObserver(
      (found) => {
        if (found.some((one) => one.isIntersecting)) void fetchNextPage()
      },
      { root: list.current, rootMargin: '400px' },
    )
    watch.observe(seen)
    return () => watch.disconnect()
  }, [hasNextPage, isFetching, isError, fetchNextPage])
  return { list, end }
}
