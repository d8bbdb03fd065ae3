import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconEqual } from '@tabler/icons-react'
import type { Action, Difference, Reach, RoleNetworks } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import { codeText } from '@/shared/i18n/problems'
import { REACHES, useRightWords } from '@/shared/rights-words'
import { roleName } from '@/shared/role-name'
import { EmptyState } from '@/ui/empty-state'
import { Tag, type Tone } from '@/ui/tag'
import { useRoles } from './queries'
import './audit.css'
import './configuration.css'

const KINDS: Record<string, MessageDescriptor> = {
  'api-keys': msg`API keys`,
  'company-fields': msg`Fields of companies`,
  'deal-fields': msg`Fields of deals`,
  'ip-rules': msg`IP rules`,
  'person-fields': msg`Fields of people`,
  pipelines: msg`Pipelines`,
  providers: msg`Corporate sign-in`,
  roles: msg`Roles`,
  rules: msg`Rules of automation`,
  'sign-in-policy': msg`Sign-in policy`,
  teams: msg`Teams`,
  templates: msg`Templates of letters`,
}

/** Of these there is one, which has no name of its own. */
const ONE_OF = new Set(['ip-rules', 'sign-in-policy'])

const kindName = (i18n: I18n, kind: string) => (KINDS[kind] ? i18n._(KINDS[kind]) : kind)

const ACTIONS: Record<Action, { tone: Tone; word: MessageDescriptor }> = {
  add: { tone: 'teal', word: msg({ message: 'Added', context: 'of a difference' }) },
  change: { tone: 'blue', word: msg({ message: 'Changed', context: 'of a difference' }) },
  remove: { tone: 'red', word: msg({ message: 'Removed', context: 'of a difference' }) },
  leave: { tone: 'neutral', word: msg({ message: 'Left as it is', context: 'of a difference' }) },
  stay: { tone: 'neutral', word: msg({ message: 'Stays', context: 'of a difference' }) },
}

/** What differs, thing by thing: of what is changed, each field before and after. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  const { t, i18n } = useLingui()
  const words = useFieldWords(differences)
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
    <section key={kind} aria-label={kindName(i18n, kind)}>
      <h3 className="cf-kind">{kindName(i18n, kind)}</h3>
      <ul className="au">
        {differences
          .filter((one) => one.kind === kind)
          .map((one) => (
            <Row key={one.id} difference={one} words={words} />
          ))}
      </ul>
    </section>
  ))
}

type Words = ReturnType<typeof useFieldWords>

function Row({ difference, words }: { difference: Difference; words: Words }) {
  const { i18n } = useLingui()
  const { action, name, reason } = difference
  const { tone, word } = ACTIONS[action]
  return (
    <li>
      <div className="au-head">
        <Tag tone={tone}>{i18n._(word)}</Tag>
        <b>{ONE_OF.has(difference.kind) ? kindName(i18n, difference.kind) : name}</b>
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

/** What a path within a thing is called, and a value; roles by their names. */
function useFieldWords(differences: readonly Difference[]) {
  const { t, i18n } = useLingui()
  const roles = useRoles()
  const names = new Map([
    ...differences.map((one) => [one.id, one.name] as const),
    ...roles.map((role) => [role.id, roleName(i18n, role)] as const),
  ])
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
    if (typeof told === 'string') {
      return names.get(told) ?? (told in REACHES ? rights.reach(told as Reach) : told)
    }
    if (Array.isArray(told) && told.every((one) => typeof one === 'string' || isNetworks(one))) {
      return told.map(value).join('\n') || '—'
    }
    if (isNetworks(told)) return `${value(told.role_id)}: ${told.networks.join(', ')}`
    if (isOperations(told)) {
      return Object.entries(told)
        .map(([name, reach]) => `${rights.operation(name)}: ${value(reach)}`)
        .join(', ')
    }
    return JSON.stringify(told)
  }
  return { field, value }
}

const isNetworks = (told: unknown): told is RoleNetworks =>
  typeof told === 'object' && told !== null && 'role_id' in told && 'networks' in told

const isOperations = (told: unknown): told is Record<string, unknown> =>
  typeof told === 'object' &&
  told !== null &&
  !Array.isArray(told) &&
  Object.values(told).every((reach) => typeof reach === 'string' && reach in REACHES)
