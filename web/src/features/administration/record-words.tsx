import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'

const KINDS: Record<string, MessageDescriptor> = {
  account: msg`Account`,
  company: msg`Company`,
  'company-share': msg`Company`,
  competitor: msg`Competitor`,
  'custom-field': msg`Field`,
  deal: msg`Deal`,
  'deal-share': msg`Deal`,
  export: msg`Export`,
  goal: msg`Goal`,
  import: msg`Import`,
  'ip-rules': msg`IP rules`,
  key: msg`API key`,
  letter: msg`Letter`,
  'mail-server': msg`Mail server`,
  'mass-edit': msg`Mass edit`,
  meeting: msg`Meeting`,
  note: msg`Note`,
  notices: msg`Notices`,
  person: msg`Person`,
  'person-share': msg`Person`,
  pipeline: msg`Pipeline`,
  'price-list': msg`Price list`,
  product: msg`Product`,
  provider: msg`Identity provider`,
  purpose: msg({ message: 'Purpose', context: 'of a consent' }),
  quote: msg`Quote`,
  rates: msg`Exchange rates`,
  refusal: msg`Refusal`,
  reminder: msg`Reminder`,
  role: msg`Role`,
  rule: msg`Rule`,
  segment: msg`Segment`,
  'segment-filling': msg`Segment`,
  'segment-member': msg`Segment`,
  seller: msg`Requisites`,
  'sign-in': msg`Sign-in`,
  'sign-in-policy': msg`Sign-in policy`,
  task: msg`Task`,
  team: msg`Team`,
  template: msg`Template`,
  user: msg`Colleague`,
  view: msg`View`,
  'working-time': msg`Working hours`,
}

/** What a person calls a kind of record. */
export function kindText(i18n: I18n, kind: string): string {
  const known = KINDS[kind]
  return known ? i18n._(known) : kind
}

const PAGES = {
  deal: '/deals/$id',
  company: '/companies/$id',
  person: '/people/$id',
  rule: '/automation/$id',
} as const

type Props = {
  kind: string
  id: string
  name?: string | null | undefined
  /** The words before it have said already what kind of record it is. */
  said?: boolean
}

/** A record by its kind and name, as a link where it has a page. */
export function RecordLink({ kind, id, name, said = false }: Props) {
  const { t, i18n } = useLingui()
  const named = name ? t`“${name}”` : ''
  const told = said && named ? named : `${kindText(i18n, kind)} ${named}`
  const to = PAGES[kind as keyof typeof PAGES]
  return to ? (
    <Link to={to} params={{ id }} className="g-link">
      {told}
    </Link>
  ) : (
    told
  )
}
