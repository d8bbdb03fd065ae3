import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Competitor } from '@/shared/api/generated/model'
import { competitors } from '@/shared/api/generated/sales'

/** The names of competitors that are remembered; the retired ones last. */
export const competitorsQuery = () =>
  queryOptions({ queryKey: ['competitors'], queryFn: ({ signal }) => competitors({ signal }) })

const NOBODY: string[] = []
const offered = (all: Competitor[]) => all.filter((one) => !one.retired).map((one) => one.name)

/** The names one is offered. */
export const useCompetitorNames = (): string[] =>
  useQuery({ ...competitorsQuery(), select: offered }).data ?? NOBODY

const NONE: Competitor[] = []

/** All that are remembered, once something asks of one. */
export const useCompetitors = (asked: boolean): Competitor[] =>
  useQuery({ ...competitorsQuery(), enabled: asked }).data ?? NONE
