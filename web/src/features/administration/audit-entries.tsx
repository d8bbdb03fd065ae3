import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { AuditEntry } from '@/shared/api/generated/model'
import { useNamesIn, useToldChanges } from '@/shared/changes'
import { useCauseText, type Caused } from '@/shared/causes'
import { happenedText } from '@/shared/happened'
import { useFormat } from '@/shared/i18n/format'
import { useRightWords } from '@/shared/rights-words'
import type { AuditSearch } from './audit-queries'
import { RecordLink } from './record-words'

type Props = { entries: readonly AuditEntry[]; onSearch: (search: AuditSearch) => void }

/** The entries as sentences, each with what was before and after. */
export function AuditEntries({ entries, onSearch }: Props) {
  const told = useToldChanges(useNamesIn(entries))
  const causeText = useCauseText(entries.map(caused))
  return (
    <ol className="au">
      {entries.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          told={told}
          cause={causeText(caused(entry))}
          onSearch={onSearch}
        />
      ))}
    </ol>
  )
}

const KEY = /^key:(?<id>.+)$/

const caused = ({ via, cause, session }: AuditEntry): Caused => ({
  via,
  rule_id: cause?.rule_id ?? null,
  key_id: KEY.exec(session ?? '')?.groups?.['id'] ?? null,
})

/** What no page shows: the event itself is all there is. */
const NO_RECORDS = new Set(['refusal', 'export', 'job'])

/** What those do who have a link and no account; what else nobody did, Gausdo did by itself. */
const OF_GUESTS = new Set(['quote'])

/** Whether what happened is told with the kind of its record: “changed the deal”. */
const saysKind = ({ name, kind }: AuditEntry) => name.split('.')[1]?.startsWith(`${kind}-`) ?? false

type EntryProps = {
  entry: AuditEntry
  told: ReturnType<typeof useToldChanges>
  cause: string | undefined
  onSearch: Props['onSearch']
}

function Entry({ entry, told, cause: why, onSearch }: EntryProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const { address, cause, actor_id } = entry
  const changes = told(entry.changes, entry.kind)
  const said = saysKind(entry)
  const recordShown = entry.record_id && !NO_RECORDS.has(entry.kind) && (entry.record_name || !said)
  return (
    <li>
      <div className="au-head">
        {actor_id ? (
          <button type="button" className="au-link" onClick={() => onSearch({ person: actor_id })}>
            {entry.actor_name ?? t`Somebody who has left`}
          </button>
        ) : (
          <b>{address || OF_GUESTS.has(entry.kind) ? t`Nobody known` : 'Gausdo'}</b>
        )}
        <span>
          {happenedText(i18n, entry.name)}
          {recordShown && ':'}
        </span>
        {recordShown && (
          <RecordLink kind={entry.kind} id={entry.record_id} name={entry.record_name} said={said} />
        )}
        {why && <span>{why}</span>}
      </div>
      <div className="au-where">
        <time dateTime={entry.at}>{format.moment(entry.at)}</time>
        {address && (
          <button type="button" className="au-link" onClick={() => onSearch({ address })}>
            {address}
          </button>
        )}
        <Session session={entry.session} />
        {entry.name.startsWith('identity.parked-run-again') && (
          <Link to="/administration/parked">{t`Parked events`}</Link>
        )}
        {entry.kind === 'job' && <Link to="/administration/jobs">{t`Jobs`}</Link>}
        {cause && (
          <button
            type="button"
            className="au-link"
            onClick={() => onSearch({ event: cause.event_id })}
          >
            {t`because of another event`}
          </button>
        )}
        <button
          type="button"
          className="au-link"
          onClick={() => onSearch({ kind: entry.kind, record: entry.record_id })}
        >
          {t`all of this record`}
        </button>
      </div>
      {changes.length > 0 && (
        <dl className="au-changes">
          {changes.map((change) => (
            <div key={change.field}>
              <dt>{change.name}</dt>
              <dd>
                <s>{change.before}</s> → {change.after}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {changes.length === 0 && <Details entry={entry} />}
    </li>
  )
}

function Session({ session }: { session: string | null }) {
  const { t } = useLingui()
  const words: Record<string, string> = {
    session: t`in the browser`,
    token: t`with a token`,
    key: t`with a key`,
    service: t`by a service`,
    command: t`on the command line`,
  }
  return session ? <span>{words[session.split(':')[0] ?? ''] ?? session}</span> : null
}

/** What can be taken out, as the API calls it. */
const WHAT: Record<string, MessageDescriptor> = {
  audit: msg`Audit`,
  companies: msg`Companies`,
  deals: msg`Deals`,
  meetings: msg`Meetings`,
  people: msg`People`,
  tasks: msg`Tasks`,
}

/** What an event tells that changed no field: a refusal, an export. */
function Details({ entry }: { entry: AuditEntry }) {
  const { t, i18n } = useLingui()
  const { right } = useRightWords()
  const told = entry.details as Record<string, unknown>
  const names: Record<string, string> = {
    asked: t`Asked for`,
    format: t`Format`,
    path: t`Where`,
    module: t`Part of Gausdo`,
    right: t`Right`,
    task: t`Job`,
    times: t`Times`,
    what: t`What`,
  }
  const shown = Object.entries(told).filter(
    ([name, value]) => names[name] && value !== null && value !== '',
  )
  if (shown.length === 0) return null
  const words = (name: string, value: unknown) => {
    if (typeof value !== 'string') return JSON.stringify(value)
    if (name === 'right') return right(value)
    const known = name === 'what' && WHAT[value]
    return known ? i18n._(known) : value
  }
  return (
    <dl className="au-changes">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{names[name]}</dt>
          <dd>{words(name, value)}</dd>
        </div>
      ))}
    </dl>
  )
}
