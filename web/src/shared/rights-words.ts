import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import { useCallback, useMemo } from 'react'
import type { Reach } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'

/** What a person calls each kind of record, or part of the product, that rights are about. */
const OBJECTS: Record<string, MessageDescriptor> = {
  'sales.deal': msg`Deals`,
  'customers.company': msg`Companies`,
  'customers.person': msg`People`,
  'activities.task': msg`Tasks`,
  'activities.meeting': msg`Meetings and calls`,
  'activities.note': msg`Notes`,
  'communications.letter': msg`Letters`,
  'communications.template': msg`Templates of letters`,
  'communications.mail': msg`Mail server`,
  'sales.pipeline': msg`Pipelines and stages`,
  'sales.rates': msg`Exchange rates`,
  'sales.goal': msg`Goals`,
  'sales.field': msg`Fields added to deals`,
  'sales.product': msg`Products and prices`,
  'customers.field': msg`Fields added to customers`,
  'customers.segment': msg`Segments`,
  'customers.purpose': msg`Purposes of consents`,
  'reports.dashboard': msg`Dashboard`,
  'automation.rule': msg`Rules of automation`,
  'automation.run': msg`Runs of automation`,
  'integrations.webhook': msg`Webhooks`,
  'integrations.import': msg`Imports`,
  'integrations.key': msg`API keys`,
  'identity.user': msg`People who work here`,
  'identity.team': msg`Teams`,
  'identity.role': msg`Roles`,
  'identity.view': msg`Views that everybody has`,
  'authentication.policy': msg`Sign-in policy`,
  'authentication.session': msg`Sessions of others`,
  'authentication.factor': msg`Second factors of others`,
  'federation.provider': msg`Corporate sign-in`,
  'administration.configuration': msg`Configuration`,
  'administration.audit': msg`Audit`,
  'administration.network': msg`IP rules`,
  'administration.jobs': msg`Jobs`,
  'administration.health': msg`State of the system`,
  'events.parked': msg`Parked events`,
}

/** What one may do, in the order of the columns of a role. */
const OPERATIONS: Record<string, MessageDescriptor> = {
  read: msg({ message: 'see', context: 'right' }),
  create: msg({ message: 'create', context: 'right' }),
  edit: msg({ message: 'edit', context: 'right' }),
  assign: msg({ message: 'hand over', context: 'right' }),
  share: msg({ message: 'share', context: 'right' }),
  merge: msg({ message: 'merge duplicates', context: 'right' }),
  import: msg({ message: 'import', context: 'right' }),
  win: msg({ message: 'win', context: 'right' }),
  lose: msg({ message: 'lose', context: 'right' }),
  delete: msg({ message: 'delete', context: 'right' }),
  export: msg({ message: 'export', context: 'right' }),
  erase: msg({ message: 'erase', context: 'right' }),
  explain: msg({ message: 'explain rights', context: 'right' }),
}

/** How far a right reaches, in a word or two. */
export const REACHES: Record<Reach, MessageDescriptor> = {
  own: msg({ message: 'Own', context: 'reach' }),
  team: msg({ message: 'Team', context: 'reach' }),
  tree: msg({ message: 'Team +', context: 'reach' }),
  all: msg({ message: 'All', context: 'reach' }),
}

const PLACES = Object.keys(OBJECTS)
const ORDER = Object.keys(OPERATIONS)

/** What has no words yet comes last. */
const placeIn = (order: readonly string[], name: string) =>
  order.includes(name) ? order.indexOf(name) : order.length

export const byObject = (one: { object: string }, other: { object: string }) =>
  placeIn(PLACES, one.object) - placeIn(PLACES, other.object)

export const byOperation = (one: string, other: string) =>
  placeIn(ORDER, one) - placeIn(ORDER, other)

/** The words for rights in the language shown; a newer server's are called by their names. */
export function useRightWords() {
  const { i18n } = useLingui()
  const word = useCallback(
    (words: Record<string, MessageDescriptor>, name: string) => {
      const known = words[name]
      return known ? i18n._(known) : name
    },
    [i18n],
  )
  return useMemo(() => {
    const object = (name: string) => word(OBJECTS, name)
    const operation = (name: string) => word(OPERATIONS, name)
    return {
      object,
      operation,
      reach: (name: Reach) => word(REACHES, name),
      /** `sales.deal.edit`: “Deals: edit”. */
      right: (told: string) => {
        const dot = told.lastIndexOf('.')
        return `${object(told.slice(0, dot))}: ${operation(told.slice(dot + 1))}`
      },
      field: (name: string, of: string) => fieldName(i18n, name, of.split('.')[1]),
    }
  }, [i18n, word])
}
