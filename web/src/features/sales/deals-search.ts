import type { LeafInput, ListDealsParams, StageKind } from '@/shared/api/generated/model'
import type { ConditionTold } from '@/shared/condition-words'
import { filterOf, joined, partsOf } from '@/shared/conditions'
import { given } from '@/shared/lib/list'
import type { ListSearch } from '@/shared/views'

/** The filters as they stand in the address: those with controls of their own, and the rest. */
export type DealsSearch = ListSearch & {
  pipeline?: string | undefined
  stage?: string | undefined
  owner?: string | undefined
  kind?: StageKind | undefined
  competitor?: string | undefined
  segment?: string | undefined
  /** Sums between: decimals in words. */
  from?: string | undefined
  to?: string | undefined
}

/** A control that narrows a list down, and what it changes. */
export type Narrowing = { search: DealsSearch; set: (change: DealsSearch) => void }

/** The question each control asks. */
const ASKS = {
  pipeline: ['pipeline_id', 'eq'],
  stage: ['stage_id', 'eq'],
  owner: ['owner_id', 'eq'],
  kind: ['kind', 'eq'],
  competitor: ['competitor_id', 'eq'],
  segment: ['segment_id', 'eq'],
  from: ['amount', 'gte'],
  to: ['amount', 'lte'],
} as const
type Control = keyof typeof ASKS
const CONTROLS = Object.keys(ASKS) as Control[]

const asksOf = (search: DealsSearch, controls: readonly Control[]): LeafInput[] =>
  controls.flatMap((control) => {
    const [field, op] = ASKS[control]
    return search[control] ? { field, op, value: search[control] } : []
  })

/** The filters as the API takes them; the sort apart. */
export function paramsOf(search: DealsSearch): ListDealsParams {
  return given({
    q: search.q,
    pipeline_id: search.pipeline,
    stage_id: search.stage,
    owner_id: search.owner,
    kind: search.kind,
    competitor_id: search.competitor,
    segment_id: search.segment,
    filter: filterOf([...asksOf(search, ['from', 'to']), ...partsOf(search.filter)]),
  })
}

/** All that is asked as one filter, as a view keeps it. */
export function folded({
  view,
  q,
  sort,
  columns,
  group,
  calendar,
  ...search
}: DealsSearch): ListSearch {
  const parts = [...asksOf(search, CONTROLS), ...partsOf(search.filter)]
  return given({
    view,
    q,
    sort,
    columns,
    group,
    calendar,
    // that nothing is asked is said, too, where it was
    filter: joined(parts) ?? search.filter,
  }) as ListSearch
}

const controlOf = (part: ConditionTold): Control | undefined =>
  'field' in part
    ? CONTROLS.find((control) => ASKS[control][0] === part.field && ASKS[control][1] === part.op)
    : undefined

/** The same with what controls can show on the controls. */
export function unfolded({ filter, ...search }: ListSearch): DealsSearch {
  const shown: Partial<Record<Control, string>> = {}
  const rest: ConditionTold[] = []
  for (const part of partsOf(filter)) {
    const control = controlOf(part)
    if (control && 'field' in part && typeof part.value === 'string' && !(control in shown)) {
      shown[control] = part.value
    } else rest.push(part)
  }
  const left = joined(rest) ?? (filter && Object.keys(shown).length === 0 ? filter : undefined)
  return { ...search, ...(shown as DealsSearch), ...(left && { filter: left }) }
}
