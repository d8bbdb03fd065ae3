import '@mantine/spotlight/styles.css'
import './palette.css'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { Loader } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconArrowRight, IconKeyboard, IconPlus, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import type { Mark } from '@/shared/api/generated/model'
import type { CommandId, RunCommand } from '@/shared/commands'
import { fieldName } from '@/shared/i18n/fields'
import { may, useMe, type RightsObject } from '@/shared/reference'
import { KINDS, MODULES, useFound, useRecent, type FoundRecord } from './found'
import { pagesFor } from './pages'

const [store, spotlight] = createSpotlight()

type Line = { id: string; label: string; icon: ReactNode; onClick: () => void }
type Props = {
  onClose: () => void
  run: RunCommand
  typed: string
  onType: (typed: string) => void
}

/** "Find or do": the records that have what is typed, commands and pages; before that, the last. */
export function Palette({ onClose, run, typed, onType }: Props) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const person = useMe()
  const [words] = useDebouncedValue(typed.trim(), 150)
  const { groups, missing, state } = useFound(typed, words)
  const last = useRecent(person.user.id)
  useEffect(() => spotlight.open(), [])

  const commands: [CommandId, string, RightsObject][] = [
    ['deals.create', t`New deal`, 'sales.deal'],
    ['companies.create', t`New company`, 'customers.company'],
    ['people.create', t`New person`, 'customers.person'],
    ['tasks.create', t`New task`, 'activities.task'],
  ]
  const allowed = commands.filter(([, , object]) => may(person, object, 'create'))
  const has = ({ label }: Line) => label.toLowerCase().includes(typed.trim().toLowerCase())
  const doing: Line[] = [
    ...allowed.map(([id, label]) => lineOf(id, label, icon(IconPlus), () => run(id))),
    lineOf('keys.show', t`Keys`, icon(IconKeyboard), () => run('keys.show')),
  ].filter(has)
  const going: Line[] = pagesFor(person)
    .map((page) => {
      const sign = <page.icon size={18} stroke={1.6} />
      return lineOf(page.to, i18n._(page.label), sign, () => void navigate({ to: page.to }))
    })
    .filter(has)
  const record = (one: FoundRecord) => (
    <RecordLine key={one.id} record={one} onClick={() => void navigate({ to: one.path })} />
  )
  const lasting = typed.trim() === '' ? last : []
  const lines = [...lasting, ...groups.flatMap((group) => group.records)]
  const ids = lines.map(({ id }) => id).join(' ')
  // records come later than one types, and Enter opens the first of all lines
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- at every change of the lines
  useEffect(() => selectFirst(), [ids, typed])
  const empty = lines.length + doing.length + going.length === 0
  const told = {
    found: t`Nothing found`,
    searching: t`Searching…`,
    failed: t`Records could not be searched. It goes on when the server is back.`,
  }
  const gone = missing.map((name) => {
    const known = MODULES[name]
    return known ? i18n._(known) : name
  })
  const silent = gone.join(', ')
  const note =
    state === 'failed'
      ? told.failed
      : silent && t`Not all was searched; what does not answer: ${silent}`
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={typed}
      onQueryChange={onType}
      onSpotlightClose={onClose}
      scrollable
      centered={false}
      yOffset="12vh"
      classNames={{ actionsList: 'pl-list', actionsGroup: 'pl-group' }}
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder={t`Find or do…`}
        aria-label={t`Find or do…`}
        leftSection={icon(IconSearch)}
        rightSection={
          state === 'searching' && <Loader role="status" size="xs" aria-label={told.searching} />
        }
      />
      {!empty && (
        <Spotlight.ActionsList>
          {lasting.length > 0 && (
            <Spotlight.ActionsGroup label={t`Looked at last`}>
              {lasting.map(record)}
            </Spotlight.ActionsGroup>
          )}
          {groups.map(({ kind, records, more }) => {
            const { title, list } = KINDS[kind]
            const name = i18n._(title)
            return (
              <Spotlight.ActionsGroup key={kind} label={name}>
                {records.map(record)}
                {more && list && (
                  <Spotlight.Action
                    leftSection={icon(IconArrowRight)}
                    label={t`All that was found`}
                    aria-label={t`All that was found: ${name}`}
                    onClick={() => void navigate({ to: list, search: { q: words } })}
                  />
                )}
              </Spotlight.ActionsGroup>
            )
          })}
          {doing.length > 0 && <Lines label={t`Do`} lines={doing} />}
          {going.length > 0 && <Lines label={t`Go to`} lines={going} />}
        </Spotlight.ActionsList>
      )}
      {empty && state !== 'failed' && <Spotlight.Empty>{told[state]}</Spotlight.Empty>}
      {note && <Spotlight.Footer role="status">{note}</Spotlight.Footer>}
    </Spotlight.Root>
  )
}

const lineOf = (id: string, label: string, sign: ReactNode, onClick: () => void): Line => ({
  id,
  label,
  icon: sign,
  onClick,
})

const icon = (Icon: typeof IconPlus) => <Icon size={18} stroke={1.6} aria-hidden="true" />

function Lines({ label, lines }: { label: string; lines: readonly Line[] }) {
  return (
    <Spotlight.ActionsGroup label={label}>
      {lines.map((line) => (
        <Spotlight.Action
          key={line.id}
          label={line.label}
          leftSection={line.icon}
          onClick={line.onClick}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}

type RecordLineProps = { record: FoundRecord; onClick: () => void }

/** A record with what of it matched: letters of its name, or of a field that stands below. */
function RecordLine({ record, onClick }: RecordLineProps) {
  const { i18n } = useLingui()
  const { name, hint, match, marks, kind } = record
  return (
    <Spotlight.Action className="pl-record" onClick={onClick} title={name}>
      <span className="pl-icon">{icon(KINDS[kind].icon)}</span>
      <span className="pl-text">
        <span className="pl-name">
          <Marked text={name} marks={marks} />
        </span>
        {(hint || match) && (
          <span className="pl-hint">
            {match && (
              <>
                {`${fieldName(i18n, match.field)}: `}
                <Marked {...around(match.text, match.marks)} />
              </>
            )}
            {hint && match && ' · '}
            {hint}
          </span>
        )}
      </span>
    </Spotlight.Action>
  )
}

const BEFORE = 24
const LONG = 80

/** Of a long text what stands around the first mark. */
function around(text: string, marks: Mark[]): { text: string; marks: Mark[] } {
  const from = (marks[0]?.start ?? 0) - BEFORE
  if (text.length <= LONG || from <= 0) return { text, marks }
  const moved = marks.map(({ start, end }) => ({ start: start - from + 1, end: end - from + 1 }))
  return { text: `…${text.slice(from)}`, marks: moved }
}

function Marked({ text, marks }: { text: string; marks: readonly Mark[] }) {
  let at = 0
  const parts: ReactNode[] = []
  for (const { start, end } of marks) {
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>)
    at = end
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  )
}

/** Puts the mark of the line that Enter opens on the first one, as the component library does. */
function selectFirst() {
  const { listId } = store.getState()
  const lines = document.getElementById(listId)?.querySelectorAll('[data-action]') ?? []
  for (const [at, line] of lines.entries()) {
    if (at === 0) line.setAttribute('data-selected', 'true')
    else line.removeAttribute('data-selected')
  }
  store.updateState((state) => ({ ...state, selected: lines.length > 0 ? 0 : -1 }))
}
