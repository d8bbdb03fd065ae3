import { useLingui } from '@lingui/react'
import { ApiError } from '@/shared/api/http'
import { fieldText } from '@/shared/i18n/problems'

/** Why a new password was refused, where it is the password that was. */
export function useRefusedPassword() {
  const { i18n } = useLingui()
  return (error: unknown): string | undefined => {
    if (!(error instanceof ApiError)) return undefined
    const wrong = error.errors.find(({ field }) => field === 'password')
    return wrong && fieldText(i18n, wrong)
  }
}
