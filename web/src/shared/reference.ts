import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { rule } from '@/shared/api/generated/automation'
import { segmentFields, segments } from '@/shared/api/generated/customers'
import { listFields, me, teams, users } from '@/shared/api/generated/identity'
import { apiKeys } from '@/shared/api/generated/integrations'
import type {
  AskableField,
  Me,
  Pipeline,
  Segment,
  Stage,
  Team,
  User,
} from '@/shared/api/generated/model'
import { pipelines } from '@/shared/api/generated/sales'
import { recordName, type NamedField } from '@/shared/record-names'

export { isNamedField, type NamedField } from '@/shared/record-names'

/** What every screen refers to and what seldom changes: who I am, who works here, the pipelines. */
const HOUR = 3_600_000

export const meQuery = () =>
  queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => me({ signal }), staleTime: HOUR })

export const colleaguesQuery = () =>
  queryOptions({
    queryKey: ['users'],
    queryFn: ({ signal }) => users({ signal }),
    staleTime: HOUR / 12,
  })

export const teamsQuery = () =>
  queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => teams({ signal }) })

export const pipelinesQuery = () =>
  queryOptions({
    queryKey: ['pipelines'],
    queryFn: ({ signal }) => pipelines({ signal }),
    staleTime: HOUR / 12,
  })

/** What filters may ask, by the kinds one may read; roles decide, so not for long. */
export const fieldsQuery = () =>
  queryOptions({
    queryKey: ['fields'],
    queryFn: ({ signal }) => listFields({ signal }),
    staleTime: HOUR / 60,
  })

/** What conditions of segments may ask beside that. */
export const segmentFieldsQuery = () =>
  queryOptions({
    queryKey: ['fields', 'segments'],
    queryFn: ({ signal }) => segmentFields({ signal }),
    staleTime: HOUR / 60,
  })

/** The segments one sees, of both kinds. */
export const segmentsQuery = () =>
  queryOptions({ queryKey: ['segments'], queryFn: ({ signal }) => segments({ signal }) })

/** The person who is signed in; pages are shown to nobody else. */
export const useMe = (): Me => useSuspenseQuery(meQuery()).data

/** What the record is called whose id stands in `field`. */
export const nameQuery = (field: NamedField, id: string) =>
  queryOptions({
    queryKey: ['name', field, id],
    queryFn: () => recordName(field, id),
    retry: false,
    staleTime: HOUR / 12,
  })

/** All API keys, for those who may see them. */
export const apiKeysQuery = () =>
  queryOptions({ queryKey: ['api-keys'], queryFn: ({ signal }) => apiKeys({ signal }) })

/** What a rule of automation is called. */
export const ruleNameQuery = (id: string) =>
  queryOptions({
    queryKey: ['name', 'rule', id],
    queryFn: async ({ signal }) => (await rule(id, { signal })).name,
    staleTime: HOUR / 12,
  })

export type RightsObject =
  | 'sales.deal'
  | 'sales.pipeline'
  | 'sales.rates'
  | 'sales.field'
  | 'sales.product'
  | 'sales.goal'
  | 'customers.field'
  | 'customers.segment'
  | 'customers.purpose'
  | 'customers.company'
  | 'customers.person'
  | 'activities.task'
  | 'activities.meeting'
  | 'activities.note'
  | 'automation.rule'
  | 'communications.template'
  | 'communications.letter'
  | 'communications.mail'
  | 'reports.dashboard'
  | 'identity.user'
  | 'authentication.policy'
  | 'authentication.session'
  | 'authentication.factor'
  | 'identity.team'
  | 'identity.role'
  | 'identity.view'
  | 'federation.provider'
  | 'integrations.key'
  | 'integrations.import'
  | 'integrations.webhook'
  | 'administration.configuration'
  | 'administration.audit'
  | 'administration.network'
  | 'administration.jobs'
  | 'administration.health'
  | 'events.parked'

/** Whether `person` may do `operation` with some records of a kind; the server has the last word. */
export const may = (person: Me, object: RightsObject, operation: string): boolean =>
  person.rights[object]?.includes(operation) ?? false

/** A right by its name: `identity.user.edit`. */
export type RightName = `${RightsObject}.${string}`

/** Whether `person` has one of these rights. */
export const mayAny = (person: Me, rights: readonly RightName[]): boolean =>
  rights.some((right) => {
    const dot = right.lastIndexOf('.')
    return may(person, right.slice(0, dot) as RightsObject, right.slice(dot + 1))
  })

export const useMay = (object: RightsObject, operation: string): boolean =>
  may(useMe(), object, operation)

const NOTHING: readonly string[] = []

/** The fields that none of one's roles lets be told or written by this right. */
export const useWithheld = (right: RightName): readonly string[] =>
  useMe().withheld[right] ?? NOTHING

const NO_FIELDS: AskableField[] = []

/** What a filter may ask of the records of a kind; `undefined` until it is known. */
export function useAskable(object: RightsObject): AskableField[] | undefined {
  const { data } = useQuery(fieldsQuery())
  return data && (data.find((known) => known.object === object)?.fields ?? NO_FIELDS)
}

const NO_SEGMENTS: Segment[] = []

/** The segments one sees, once something asks of one. */
export function useSegmentNames(asked: boolean): Segment[] {
  const mayRead = useMay('customers.segment', 'read')
  return useQuery({ ...segmentsQuery(), enabled: asked && mayRead }).data ?? NO_SEGMENTS
}

const NO_USERS: User[] = []
const NO_TEAMS: Team[] = []
const NO_PIPELINES: Pipeline[] = []

export const useColleagues = (): User[] => useQuery(colleaguesQuery()).data ?? NO_USERS

export const useTeams = (): Team[] => useQuery(teamsQuery()).data ?? NO_TEAMS

export const usePipelines = (): Pipeline[] => useQuery(pipelinesQuery()).data ?? NO_PIPELINES

/** Those that take deals. */
export const usePipelinesInUse = (): Pipeline[] =>
  useQuery({ ...pipelinesQuery(), select: inUse }).data ?? NO_PIPELINES

const inUse = (pipelines: Pipeline[]) => pipelines.filter((pipeline) => !pipeline.archived)

export function stageOf(pipelines: readonly Pipeline[], id: string): Stage | undefined {
  for (const pipeline of pipelines) {
    const found = pipeline.stages.find((stage) => stage.id === id)
    if (found) return found
  }
  return undefined
}
