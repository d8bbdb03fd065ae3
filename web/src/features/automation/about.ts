import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Happening, RuleAbout } from '@/shared/api/generated/model'
import type { RightsObject } from '@/shared/reference'

/** What a rule is about, by what happens: a deal, unless it is of a company or a person. */
export function aboutOf(happens: Happening | null): RuleAbout {
  if (happens?.startsWith('company-')) return 'company'
  return happens && /^(person|consent)-/.test(happens) ? 'person' : 'deal'
}

export const ASKED_OF: Record<RuleAbout, RightsObject> = {
  deal: 'sales.deal',
  company: 'customers.company',
  person: 'customers.person',
}

/** Whether it is of one segment that is entered or left. */
export const isCrossing = (happens: Happening | null) => !!happens?.endsWith('-segment')

export const isConsent = (happens: Happening | null) => !!happens?.startsWith('consent-')

export const isChange = (happens: Happening | null) => !!happens?.endsWith('-changed')

const OWN_OF_COMPANIES = [
  'name',
  'legal_name',
  'inn',
  'kpp',
  'ogrn',
  'address',
  'size',
  'parent_id',
  'domain',
  'industry',
]
const OF_BOTH = ['phones', 'emails', 'links', 'city', 'tags', 'source', 'about'] as const

/** Fields whose change a rule can wait for, beside those that were added. */
export const WATCHED: Record<RuleAbout, readonly string[]> = {
  deal: ['worth', 'company_id', 'contact_id', 'expected_on'],
  company: [...OWN_OF_COMPANIES, ...OF_BOTH],
  person: ['name', 'position', 'document', 'company_id', ...OF_BOTH],
}

/** What the form says of each, so that every language may say it in its own way. */
export const WORDS: Record<
  RuleAbout,
  Record<'letter' | 'owner' | 'sets' | 'set' | 'give' | 'gives', MessageDescriptor>
> = {
  deal: {
    letter: msg`Contact of the deal`,
    owner: msg`Owner of the deal`,
    sets: msg`Set fields of the deal`,
    set: msg`Set a field of the deal`,
    give: msg`Give the deal`,
    gives: msg`Give the deal to somebody`,
  },
  company: {
    letter: msg`The company itself`,
    owner: msg`Owner of the company`,
    sets: msg`Set fields of the company`,
    set: msg`Set a field of the company`,
    give: msg`Give the company`,
    gives: msg`Give the company to somebody`,
  },
  person: {
    letter: msg`The person themselves`,
    owner: msg`Owner of the person`,
    sets: msg`Set fields of the person`,
    set: msg`Set a field of the person`,
    give: msg`Give the person`,
    gives: msg`Give the person to somebody`,
  },
}
