import {
  bringCompanyBack,
  bringPersonBack,
  deleteCompany,
  deletedCompanies,
  deletedPeople,
  deletePerson,
} from '@/shared/api/generated/customers'
import type {
  BroughtBack,
  DeletedCompaniesParams,
  DeletedRecord,
  ListedDeletedRecord,
  ViewKind,
} from '@/shared/api/generated/model'
import { bringDealBack, deleteDeal, deletedDeals } from '@/shared/api/generated/sales'
import { ApiError } from '@/shared/api/http'
import type { RightsObject } from '@/shared/reference'

type Of = {
  object: RightsObject
  list: '/companies' | '/people' | '/deals'
  page: '/companies/$id' | '/people/$id' | '/deals/$id'
  remove: (id: string, params: { version: number }) => Promise<DeletedRecord>
  bringBack: (id: string) => Promise<BroughtBack>
  deleted: (params?: DeletedCompaniesParams, init?: RequestInit) => Promise<ListedDeletedRecord>
}

/** How records of each kind are deleted, listed then, and brought back. */
export const DELETING: Record<ViewKind, Of> = {
  company: {
    object: 'customers.company',
    list: '/companies',
    page: '/companies/$id',
    remove: deleteCompany,
    bringBack: bringCompanyBack,
    deleted: deletedCompanies,
  },
  person: {
    object: 'customers.person',
    list: '/people',
    page: '/people/$id',
    remove: deletePerson,
    bringBack: bringPersonBack,
    deleted: deletedPeople,
  },
  deal: {
    object: 'sales.deal',
    list: '/deals',
    page: '/deals/$id',
    remove: deleteDeal,
    bringBack: bringDealBack,
    deleted: deletedDeals,
  },
}

/** Of a refusal because a record was deleted: what is told of it. */
export function deletedOf(error: unknown): DeletedRecord | undefined {
  if (!(error instanceof ApiError) || error.code !== 'deleted') return undefined
  return error.data as DeletedRecord
}
