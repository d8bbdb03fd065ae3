import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What a person calls each field of the API. */
const FIELD_NAMES: Record<string, MessageDescriptor> = {
  about: msg`Description`,
  active: msg`Switched on`,
  all_day: msg`All day`,
  amount: msg`Sum`,
  begins_at: msg`Begins`,
  archived: msg`Put away`,
  category: msg`Category`,
  changed_at: msg({ message: 'Changed', context: 'time' }),
  address: msg`Legal address`,
  code: msg`Code`,
  city: msg`City`,
  closed_at: msg({ message: 'Closed', context: 'time' }),
  columns: msg`Columns`,
  colleague_ids: msg`Colleagues`,
  company_id: msg`Company`,
  competitor_id: msg`Competitor`,
  competitors: msg`Competitors`,
  condition: msg`Condition`,
  contact_id: msg`Contact`,
  contacts: msg`Contacts`,
  created_at: msg({ message: 'Created', context: 'time' }),
  currency: msg`Currency`,
  description: msg`Description`,
  document: msg`Number of the identity document`,
  domain: msg`Website`,
  due_at: msg`Due`,
  email: msg`E-mail`,
  emails: msg`E-mails`,
  ends_at: msg`Ends`,
  enabled: msg`Switched on`,
  expected_on: msg`Expected on`,
  filter: msg`Filter`,
  format: msg`Format`,
  grants: msg`Rights`,
  industry: msg`Industry`,
  inn: msg`Tax number (INN)`,
  kind: msg`State`,
  kpp: msg`Registration reason code (KPP)`,
  lead: msg`Lead`,
  lead_id: msg`Lead`,
  legal_name: msg`Legal name`,
  links: msg`Messengers and links`,
  limit: msg`Requests a minute`,
  lines: msg`Lines`,
  quote_accepted: msg`Quote accepted`,
  quote_declined: msg`Quote declined`,
  quote_made: msg`Quote made`,
  quote_sent: msg`Quote sent`,
  locale: msg`Language`,
  lost_reason: msg`Reason for the loss`,
  lost_to: msg`Lost to`,
  merged: msg`Merged with`,
  name: msg`Name`,
  networks: msg`Networks`,
  note: msg`Note`,
  ogrn: msg`Register number (OGRN)`,
  owner_id: msg`Owner`,
  parent_id: msg`Team above`,
  parted: msg`Parted from`,
  password: msg`Password`,
  person_ids: msg`Customers’ people`,
  phones: msg`Phones`,
  prices: msg`Prices`,
  pipeline_id: msg`Pipeline`,
  place: msg`Place`,
  position: msg`Position`,
  price: msg`Price`,
  probability: msg`Probability`,
  remind: msg`Reminders`,
  repeats: msg`Repeats`,
  result: msg`Outcome`,
  roles: msg`Roles`,
  size: msg`Employees`,
  source: msg`Source`,
  stage_id: msg`Stage`,
  stage_since: msg`In the stage since`,
  stages: msg`Stages`,
  state: msg`State`,
  steps: msg`Then`,
  tags: msg`Tags`,
  task: msg`Task`,
  team_id: msg`Team`,
  time_zone: msg`Time zone`,
  title: msg`Title`,
  trigger: msg`When`,
  unit: msg`Unit`,
  valid_from: msg`From the day`,
  valid_until: msg`Until the day`,
  vat_rate: msg`VAT`,
  what: msg({ message: 'What', context: 'was exported' }),
  with_vat: msg`Prices include VAT`,
  worth: msg`Sum`,
}

/** Names of fields that were added to records of a kind, as they were last read. */
const ADDED = new Map<string, string>()

/** From now on `field`, as `custom.size`, of a kind is called so; and where no kind is told. */
export function nameAdded(kind: string, field: string, name: string): void {
  ADDED.set(`${kind}.${field}`, name)
  ADDED.set(field, name)
}

/** The same where it is called otherwise: of which record, and which field. */
const NAMES_OF: Record<string, Record<string, MessageDescriptor>> = {
  person: { name: msg({ message: 'Name', context: 'of a person' }) },
  company: { parent_id: msg`Parent company` },
}

/** `kind`: of what record it is a field. */
export function fieldName(i18n: I18n, field: string, kind = ''): string {
  const known = NAMES_OF[kind]?.[field] ?? FIELD_NAMES[field]
  return known ? i18n._(known) : (ADDED.get(`${kind}.${field}`) ?? ADDED.get(field) ?? field)
}
