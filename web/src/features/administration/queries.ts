import { queryOptions, useQuery } from '@tanstack/react-query'
import { catalogue, roles, shippedRoles } from '@/shared/api/generated/identity'
import type { Role } from '@/shared/api/generated/model'

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

const NO_ROLES: Role[] = []

export const useRoles = (): Role[] => useQuery(rolesQuery()).data ?? NO_ROLES

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
