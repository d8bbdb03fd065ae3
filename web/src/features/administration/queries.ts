import { queryOptions, useQuery } from '@tanstack/react-query'
import { catalogue, roles, shippedRoles, teams } from '@/shared/api/generated/identity'
import type { Role, Team } from '@/shared/api/generated/model'

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

export const teamsQuery = () =>
  queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => teams({ signal }) })

const NO_ROLES: Role[] = []
const NO_TEAMS: Team[] = []

export const useRoles = (): Role[] => useQuery(rolesQuery()).data ?? NO_ROLES

export const useTeams = (): Team[] => useQuery(teamsQuery()).data ?? NO_TEAMS

/** Roles as Gausdo came with them. */
export const shippedQuery = () =>
  queryOptions({
    queryKey: ['roles', 'shipped'],
    queryFn: ({ signal }) => shippedRoles({ signal }),
    staleTime: Infinity,
  })

/** Everything that a role can grant. */
export const catalogueQuery = () =>
  queryOptions({
    queryKey: ['rights'],
    queryFn: ({ signal }) => catalogue({ signal }),
    staleTime: Infinity,
  })
