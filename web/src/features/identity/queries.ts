import { queryOptions } from '@tanstack/react-query'
import { signInPolicy } from '@/shared/api/generated/authentication'
import { factors } from '@/shared/api/generated/factors'
import { roles, workingTime } from '@/shared/api/generated/identity'
import { sessionState } from '@/shared/api/generated/session'
import { mySessions, sessionsOfUser } from '@/shared/api/generated/sessions'

/** What a session lacks and by what it can be proved; refused when nobody is signed in. */
export const stateQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => sessionState({ signal }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })

export const factorsQuery = () =>
  queryOptions({ queryKey: ['me', 'factors'], queryFn: ({ signal }) => factors({ signal }) })

export const sessionsQuery = () =>
  queryOptions({ queryKey: ['me', 'sessions'], queryFn: ({ signal }) => mySessions({ signal }) })

export const sessionsOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'sessions'],
    queryFn: ({ signal }) => sessionsOfUser(id, { signal }),
  })

export const policyQuery = () =>
  queryOptions({
    queryKey: ['sign-in-policy'],
    queryFn: ({ signal }) => signInPolicy({ signal }),
  })

export const rolesQuery = () =>
  queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => roles({ signal }) })

/** When somebody works, and when they are away. */
export const workingTimeQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'working-time'],
    queryFn: ({ signal }) => workingTime(id, { signal }),
  })
