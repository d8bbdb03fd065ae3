import {
  editTasks,
  previewTasksEdit,
  stopTasksEdit,
  tasksEdit,
  undoTasksEdit,
} from '@/shared/api/generated/activities'
import {
  companiesEdit,
  editCompanies,
  editPeople,
  peopleEdit,
  previewCompaniesEdit,
  previewPeopleEdit,
  stopCompaniesEdit,
  stopPeopleEdit,
  undoCompaniesEdit,
  undoPeopleEdit,
} from '@/shared/api/generated/customers'
import type { MassEdit, MassPreview, Selection, ViewKind } from '@/shared/api/generated/model'
import {
  dealsEdit,
  editDeals,
  previewDealsEdit,
  stopDealsEdit,
  undoDealsEdit,
} from '@/shared/api/generated/sales'
import type { RightsObject } from '@/shared/reference'

/** What a mass edit is asked for, of whatever kind: the server has the last word on its fields. */
export type MassDraft = {
  of: Selection
  change?: Record<string, unknown>
  add_tags?: string[]
  remove_tags?: string[]
  delete?: boolean
}

type Of = {
  object: RightsObject
  /** Fields that many records can be given the same value of, besides tags and the owner. */
  fields: readonly string[]
  tagged: boolean
  /** Those of them that are never empty. */
  needed?: readonly string[]
  /** Under what its lists are kept. */
  key: readonly string[]
  preview: (draft: MassDraft, init?: RequestInit) => Promise<MassPreview>
  start: (draft: MassDraft, init?: RequestInit) => Promise<MassEdit>
  one: (id: string, init?: RequestInit) => Promise<MassEdit>
  stop: (id: string) => Promise<MassEdit>
  undo: (id: string) => Promise<MassEdit>
}

export const MASS: Record<ViewKind, Of> = {
  company: {
    object: 'customers.company',
    fields: ['city', 'industry', 'source', 'size', 'parent_id'],
    tagged: true,
    key: ['companies'],
    preview: previewCompaniesEdit,
    start: editCompanies,
    one: companiesEdit,
    stop: stopCompaniesEdit,
    undo: undoCompaniesEdit,
  },
  person: {
    object: 'customers.person',
    fields: ['company_id', 'position', 'city', 'source'],
    tagged: true,
    key: ['people'],
    preview: previewPeopleEdit,
    start: editPeople,
    one: peopleEdit,
    stop: stopPeopleEdit,
    undo: undoPeopleEdit,
  },
  deal: {
    object: 'sales.deal',
    fields: ['expected_on', 'company_id', 'contact_id'],
    tagged: false,
    key: ['deals'],
    preview: previewDealsEdit,
    start: editDeals,
    one: dealsEdit,
    stop: stopDealsEdit,
    undo: undoDealsEdit,
  },
  task: {
    object: 'activities.task',
    fields: ['state', 'due_at'],
    tagged: false,
    needed: ['state'],
    key: ['tasks'],
    preview: previewTasksEdit,
    start: editTasks,
    one: tasksEdit,
    stop: stopTasksEdit,
    undo: undoTasksEdit,
  },
}
