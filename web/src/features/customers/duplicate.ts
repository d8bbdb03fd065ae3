import { useLingui } from '@lingui/react/macro'
import { ApiError } from '@/shared/api/http'

/** Of a refusal because the same e-mail, phone or tax number exists: the field, and whose it is. */
export function useDuplicate() {
  const { t } = useLingui()
  return (error: unknown): { field: string; message: string } | undefined => {
    if (!(error instanceof ApiError) || error.code !== 'customers.duplicate') return undefined
    const { field, owner_name: owner } = (error.data ?? {}) as {
      field?: string
      owner_name?: string | null
    }
    const message = owner ? t`Already known: ${owner} looks after it` : t`Already known`
    return { field: field ?? '', message }
  }
}
