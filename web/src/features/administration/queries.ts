import { queryOptions, useQuery } from '@tanstack/react-query'
import { roles, teams } from '@/shared/api/generated/identity'
import type { Role, Team } from '@/shared/api/generated/model'

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

export const teamsQuery = () =>
  queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => teams({ signal }) })

const NO_ROLES: Role[] = []
const NO_TEAMS: Team[] = []

export const useRoles = (): Role[] => useQuery(rolesQuery()).data ?? NO_ROLES

export const useTeams = (): Team[] => useQuery(teamsQuery()).data ?? NO_TEAMS
