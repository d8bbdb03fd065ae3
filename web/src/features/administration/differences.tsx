import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconEqual } from '@tabler/icons-react'
import type { Action, Difference, Reach } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import { codeText } from '@/shared/i18n/problems'
import { REACHES, useRightWords } from '@/shared/rights-words'
import { EmptyState } from '@/ui/empty-state'
import { Tag, type Tone } from '@/ui/tag'
import './audit.css'
import './configuration.css'

const KINDS: Record<string, MessageDescriptor> = {
  pipelines: msg`Pipelines`,
  providers: msg`Corporate sign-in`,
  roles: msg`Roles`,
  rules: msg`Rules of automation`,
  'sign-in-policy': msg`Sign-in policy`,
  teams: msg`Teams`,
  templates: msg`Templates of letters`,
}

const ACTIONS: Record<Action, { tone: Tone; word: MessageDescriptor }> = {
  add: { tone: 'teal', word: msg({ message: 'Added', context: 'of a difference' }) },
  change: { tone: 'blue', word: msg({ message: 'Changed', context: 'of a difference' }) },
  remove: { tone: 'red', word: msg({ message: 'Removed', context: 'of a difference' }) },
  stay: { tone: 'neutral', word: msg({ message: 'Stays', context: 'of a difference' }) },
}

/** What differs, thing by thing: of what is changed, each field before and after. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  const { t, i18n } = useLingui()
  if (differences.length === 0) {
    return (
      <EmptyState
        icon={IconEqual}
        title={t`Nothing differs`}
        text={t`The file says what is here already.`}
      />
    )
  }
  const kinds = [...new Set(differences.map((one) => one.kind))]
  return kinds.map((kind) => (
    <section key={kind} aria-label={KINDS[kind] ? i18n._(KINDS[kind]) : kind}>
      <h3 className="cf-kind">{KINDS[kind] ? i18n._(KINDS[kind]) : kind}</h3>
      <ul className="au">
        {differences
          .filter((one) => one.kind === kind)
          .map((one) => (
            <Row key={one.id} difference={one} />
          ))}
      </ul>
    </section>
  ))
}

function Row({ difference }: { difference: Difference }) {
  const { i18n } = useLingui()
  const words = useFieldWords()
  const { action, name, reason } = difference
  const { tone, word } = ACTIONS[action]
  return (
    <li>
      <div className="au-head">
        <Tag tone={tone}>{i18n._(word)}</Tag>
        <b>{difference.kind === 'sign-in-policy' ? i18n._(msg`Sign-in policy`) : name}</b>
      </div>
      {reason && <div className="au-where">{codeText(i18n, reason.code) ?? reason.message}</div>}
      {action === 'change' && (
        <dl className="au-changes">
          {Object.entries(difference.changes).map(([path, [before, after]]) => (
            <div key={path}>
              <dt>{words.field(path)}</dt>
              <dd>
                <s>{words.value(before)}</s> → {words.value(after)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}

const GRANT = /^grants\.(?<right>.+)$/

/** What a path within a thing is called, and a value. */
function useFieldWords() {
  const { t, i18n } = useLingui()
  const rights = useRightWords()
  function field(path: string): string {
    const right = GRANT.exec(path)?.groups?.['right']
    if (right) return right.split('.').length > 2 ? rights.right(right) : rights.object(right)
    return path
      .split('.')
      .map((part) => fieldName(i18n, part))
      .join(' · ')
  }
  function value(told: unknown): string {
    if (told === null || told === undefined || told === '') return '—'
    if (typeof told === 'boolean') return told ? t`yes` : t`no`
    if (typeof told === 'string') return told in REACHES ? rights.reach(told as Reach) : told
    if (Array.isArray(told) && told.every((one) => typeof one === 'string')) {
      return told.join('\n') || '—'
    }
    if (isOperations(told)) {
      return Object.entries(told)
        .map(([name, reach]) => `${rights.operation(name)}: ${value(reach)}`)
        .join(', ')
    }
    return JSON.stringify(told)
  }
  return { field, value }
}

const isOperations = (told: unknown): told is Record<string, unknown> =>
  typeof told === 'object' &&
  told !== null &&
  !Array.isArray(told) &&
  Object.values(told).every((reach) => typeof reach === 'string' && reach in REACHES)
