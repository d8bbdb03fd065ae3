import { Anchor, Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ConsentEntry, ConsentPurpose, Person } from '@/shared/api/generated/model'
import { channelName, purposeName } from '@/shared/consents'
import { useFormat } from '@/shared/i18n/format'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { consentHistoryQuery } from './consent-queries'
import { SOURCES } from './consent-words'

type Props = { person: Person; purposes: readonly ConsentPurpose[] }

/** Every entry with its proof, the latest recorded first. */
export function ConsentHistory({ person, purposes }: Props) {
  const { t } = useLingui()
  const source = useInfiniteQuery(consentHistoryQuery(person))
  if (source.error && !source.data)
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  if (!source.data) return <ListSkeleton rows={4} />
  return (
    <>
      <ul className="cn-said">
        {source.data.pages
          .flatMap(({ items }) => items)
          .map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              person={person}
              purpose={purposes.find(({ id }) => id === entry.purpose_id)}
            />
          ))}
      </ul>
      {source.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={source.isFetchingNextPage}
          onClick={() => void source.fetchNextPage()}
        >
          {t`Show earlier`}
        </Button>
      )}
    </>
  )
}

type EntryProps = { entry: ConsentEntry; person: Person; purpose: ConsentPurpose | undefined }

function Entry({ entry, person, purpose }: EntryProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { given, channels, until, wording, proof_ip, proof_link, proof_text, by_name } = entry
  const said = format.moment(entry.at)
  const recorded = format.moment(entry.recorded_at)
  const last = until && format.date(until)
  const facts = [
    i18n._(SOURCES[entry.source]),
    said,
    last && t`good until ${last}`,
    given && wording > 0 && t`wording ${wording}`,
    proof_ip && t`from ${proof_ip}`,
  ]
  const ways = channels.filter((channel) => channel !== 'any')
  return (
    <li>
      <Tag tone={given ? 'teal' : 'red'}>
        {given
          ? t({ message: 'Given', context: 'consent' })
          : t({ message: 'Withdrawn', context: 'consent' })}
      </Tag>{' '}
      <b>{purpose && purposeName(i18n, purpose)}</b>
      {ways.length > 0 && ` · ${ways.map((one) => channelName(i18n, one)).join(', ')}`}
      <Text size="sm">{facts.filter(Boolean).join(' · ')}</Text>
      {proof_text && (
        <Text size="sm" className="cn-text">
          {proof_text}
        </Text>
      )}
      {proof_link && (
        <Anchor size="sm" href={proof_link} target="_blank" rel="noreferrer">
          {proof_link}
        </Anchor>
      )}
      {entry.proof_file && (
        <Anchor
          size="sm"
          display="block"
          href={`/api/v1/people/${person.id}/consents/${entry.id}/file`}
          download={entry.proof_file.name}
        >
          {entry.proof_file.name}
        </Anchor>
      )}
      <Text size="sm" c="dimmed">
        {by_name ? t`Recorded by ${by_name} on ${recorded}` : t`Recorded on ${recorded}`}
      </Text>
    </li>
  )
}
