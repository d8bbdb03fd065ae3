import { z } from 'zod/mini'
import { queryOptions } from '@tanstack/react-query'
import { views } from '@/shared/api/generated/identity'
import type { View, ViewDraft } from '@/shared/api/generated/model'
import type { ConditionTold } from '@/shared/condition-words'
import { asks, conditionInAddress, joined, partsOf } from '@/shared/conditions'

/** What a list shows, as its address says it; without anything else it is what its view asks. */
export type ListState = {
  q?: string | undefined
  filter?: ConditionTold | undefined
  sort?: string | undefined
  /** Ids of columns in their order, separated by commas; those of the list itself when absent. */
  columns?: string | undefined
  /** By which field it is grouped. */
  group?: string | undefined
  /** The field by whose days it is a calendar; a table without. */
  calendar?: string | undefined
}
export type ListSearch = ListState & {
  /** The view it began with, or that it is without one. */
  view?: string | undefined
}

const text = z.optional(z.catch(z.string(), ''))

/** How an address holds it. */
export const listInAddress = {
  q: text,
  filter: conditionInAddress,
  sort: text,
  columns: text,
  group: text,
  calendar: text,
  view: text,
}

/** Instead of a view: the list as it is, whatever view it opens with. */
export const NO_VIEW = 'none'

export const viewKeys = { all: ['views'] as const }

export const viewsQuery = () =>
  queryOptions({ queryKey: viewKeys.all, queryFn: ({ signal }) => views({ signal }) })

/** What a view asks, as an address would say it. */
export function stateOf(view: View): ListState {
  const parts = partsOf(view.filter ?? undefined).filter((part) => !asks(part, view.missing))
  const sort = view.sort && view.missing.includes(view.sort.replace(/^-/, '')) ? null : view.sort
  return {
    ...(view.q && { q: view.q }),
    ...(parts.length > 0 && { filter: joined(parts) }),
    ...(sort && { sort }),
    ...(view.columns.length > 0 && { columns: view.columns.join(',') }),
    ...(view.grouped_by && !view.missing.includes(view.grouped_by) && { group: view.grouped_by }),
    ...(view.layout === 'calendar' &&
      view.dated_by &&
      !view.missing.includes(view.dated_by) && { calendar: view.dated_by }),
  }
}

/** What a list shows, as a view keeps it. */
export const keptOf = (
  state: ListState,
): Pick<ViewDraft, 'q' | 'filter' | 'sort' | 'columns' | 'grouped_by' | 'layout' | 'dated_by'> => ({
  q: state.q ?? '',
  filter: joined(partsOf(state.filter)) ?? null,
  sort: state.sort ?? null,
  columns: state.columns ? state.columns.split(',') : [],
  grouped_by: state.group || null,
  layout: state.calendar ? 'calendar' : 'table',
  dated_by: state.calendar || null,
})

const bare = (condition: ConditionTold): unknown => {
  if ('all' in condition) return { all: condition.all.map(bare) }
  if ('any' in condition) return { any: condition.any.map(bare) }
  if ('not' in condition) return { not: bare(condition.not) }
  return [condition.field, condition.op, condition.value ?? null]
}

const written = ({ q, filter, sort, columns, group, calendar }: ListState): string =>
  JSON.stringify([
    q ?? '',
    partsOf(filter)
      .map((part) => JSON.stringify(bare(part)))
      .toSorted(),
    sort ?? '',
    columns ?? '',
    group ?? '',
    calendar ?? '',
  ])

/** Whether two lists show the same. */
export const isSame = (one: ListState, other: ListState): boolean => written(one) === written(other)

const isSaid = ({ q, filter, sort, columns, group, calendar }: ListState): boolean =>
  [q, filter, sort, columns, group, calendar].some((told) => told !== undefined)

export type Looked = { view: View | undefined; state: ListState; changed: boolean }

/** What an address shows, with the views one has of this list; `opens`: what it shows unasked. */
export function looked(search: ListSearch, known: readonly View[], opens: ListState = {}): Looked {
  const { view: named, ...said } = search
  const view =
    named === undefined && !isSaid(said)
      ? known.find((one) => one.is_default)
      : known.find((one) => one.id === named)
  if (!view) return { view, state: isSaid(said) ? said : opens, changed: false }
  const state = isSaid(said) ? said : stateOf(view)
  return { view, state, changed: !isSame(state, stateOf(view)) }
}

/** The address of what is shown now, which may be what the view asks. */
export function addressOf(
  state: ListState,
  view: View | undefined,
  known: readonly View[],
): ListSearch {
  if (view && isSame(state, stateOf(view))) return { view: view.id }
  // an empty list of conditions says that there are none: nothing said would be what the view asks
  if (view) return { ...state, filter: state.filter ?? { all: [] }, view: view.id }
  const opensWith = known.some((one) => one.is_default)
  return opensWith && !isSaid(state) ? { view: NO_VIEW } : state
}
