import { Navigate } from '@tanstack/react-router'
import { ApiError } from '@/shared/api/http'
import type { CustomerKind } from '@/shared/labels'

/** Of a refusal because a record is a part of another now: the id of that one. */
export function intoOf(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 'customers.merged') return undefined
  return (error.data as { into?: string } | undefined)?.into
}

/** Leads on to the record that stands for one that was merged. */
export function GoneInto({ kind, id }: { kind: CustomerKind; id: string }) {
  return (
    <Navigate to={kind === 'company' ? '/companies/$id' : '/people/$id'} params={{ id }} replace />
  )
}
