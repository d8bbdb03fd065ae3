import { useMutation, useQueryClient } from '@tanstack/react-query'
import { invite } from '@/shared/api/generated/authentication'
import {
  addRole,
  addTeam,
  changeRole,
  changeTeam,
  changeUser,
  join,
  removeRole,
  removeTeam,
} from '@/shared/api/generated/identity'
import type {
  InvitationDraft,
  RoleChange,
  RoleDraft,
  TeamChange,
  TeamDraft,
  UserChange,
  UserDraft,
} from '@/shared/api/generated/model'

/** People, teams and roles name each other, and any of them may be the reader's own: all are read again. */
function useRead() {
  const queries = useQueryClient()
  return () =>
    Promise.all(
      ['users', 'teams', 'roles', 'me'].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    )
}

type Sent<V> = { values: V; once?: RequestInit }
type Changed<V> = Sent<V> & { id: string }

/** What was refused as stale is read again, too: the form tells what has changed. */
export function useChanging<V, R>(send: (values: V) => Promise<R>) {
  const read = useRead()
  return useMutation({ mutationFn: (values: V) => send(values), onSettled: read })
}

export const useJoin = () => useChanging((sent: Sent<UserDraft>) => join(sent.values, sent.once))

export const useInvite = () =>
  useChanging((sent: Sent<InvitationDraft>) => invite(sent.values, sent.once))

export const useChangeUser = () =>
  useChanging((sent: Changed<UserChange>) => changeUser(sent.id, sent.values, sent.once))

export const useAddTeam = () =>
  useChanging((sent: Sent<TeamDraft>) => addTeam(sent.values, sent.once))

export const useChangeTeam = () =>
  useChanging((sent: Changed<TeamChange>) => changeTeam(sent.id, sent.values, sent.once))

export const useRemoveTeam = () => useChanging((id: string) => removeTeam(id))

export const useAddRole = () =>
  useChanging((sent: Sent<RoleDraft>) => addRole(sent.values, sent.once))

export const useChangeRole = () =>
  useChanging((sent: Changed<RoleChange>) => changeRole(sent.id, sent.values, sent.once))

export const useRemoveRole = () => useChanging((id: string) => removeRole(id))
