import {
  bringMeetingBack,
  bringTaskBack,
  deletedMeetings,
  deletedTasks,
} from '@/shared/api/generated/activities'
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

/** What is deleted and comes back: records with a page of their own, and what is to be done. */
export type DeletedKind = ViewKind | 'meeting'
/** Those of them with a page. */
export type PagedKind = Exclude<ViewKind, 'task'>

type Of = {
  object: RightsObject
  /** Where one is afterwards. */
  list: '/companies' | '/people' | '/deals'
  page: '/companies/$id' | '/people/$id' | '/deals/$id'
  remove: (id: string, params: { version: number }) => Promise<DeletedRecord>
}

type Back = {
  object: RightsObject
  bringBack: (id: string) => Promise<BroughtBack>
  deleted: (params?: DeletedCompaniesParams, init?: RequestInit) => Promise<ListedDeletedRecord>
}

/** How records of each kind are listed when they are deleted, and brought back. */
export const DELETED: Record<DeletedKind, Back> = {
  company: {
    object: 'customers.company',
    bringBack: bringCompanyBack,
    deleted: deletedCompanies,
  },
  person: { object: 'customers.person', bringBack: bringPersonBack, deleted: deletedPeople },
  deal: { object: 'sales.deal', bringBack: bringDealBack, deleted: deletedDeals },
  task: { object: 'activities.task', bringBack: bringTaskBack, deleted: deletedTasks },
  meeting: { object: 'activities.meeting', bringBack: bringMeetingBack, deleted: deletedMeetings },
}

/** How those with a page are deleted. */
export const DELETING: Record<PagedKind, Of> = {
  company: {
    object: 'customers.company',
    list: '/companies',
    page: '/companies/$id',
    remove: deleteCompany,
  },
  person: {
    object: 'customers.person',
    list: '/people',
    page: '/people/$id',
    remove: deletePerson,
  },
  deal: { object: 'sales.deal', list: '/deals', page: '/deals/$id', remove: deleteDeal },
}

/** Of a refusal because a record was deleted: what is told of it. */
export function deletedOf(error: unknown): DeletedRecord | undefined {
  if (!(error instanceof ApiError) || error.code !== 'deleted') return undefined
  return error.data as DeletedRecord
}
