import { queryOptions } from '@tanstack/react-query'
import {
  companyShares,
  personShares,
  shareCompany,
  sharePerson,
  unshareCompany,
  unsharePerson,
  whyCompany,
  whyPerson,
} from '@/shared/api/generated/customers'
import { dealShares, shareDeal, unshareDeal, whyDeal } from '@/shared/api/generated/sales'

/** How the access to each kind of record is asked for and changed. */
const CALLS = {
  deal: { shares: dealShares, share: shareDeal, unshare: unshareDeal, why: whyDeal },
  company: {
    shares: companyShares,
    share: shareCompany,
    unshare: unshareCompany,
    why: whyCompany,
  },
  person: { shares: personShares, share: sharePerson, unshare: unsharePerson, why: whyPerson },
}

export const OBJECT_OF = {
  deal: 'sales.deal',
  company: 'customers.company',
  person: 'customers.person',
} as const

export type SharedKind = keyof typeof CALLS
export const callsOf = (kind: SharedKind) => CALLS[kind]

export const sharesQuery = (kind: SharedKind, id: string) =>
  queryOptions({
    queryKey: ['shares', kind, id] as const,
    queryFn: ({ signal }) => CALLS[kind].shares(id, { signal }),
  })

/** Always as things are now: rights change behind one's back. */
export const whyQuery = (kind: SharedKind, id: string, userId: string) =>
  queryOptions({
    queryKey: ['why', kind, id, userId] as const,
    queryFn: ({ signal }) => CALLS[kind].why(id, { user_id: userId }, { signal }),
    enabled: userId !== '',
    staleTime: 0,
  })
