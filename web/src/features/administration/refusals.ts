import { useLingui } from '@lingui/react/macro'
import { useExplain } from '@/shared/changes'
import { ApiError } from '@/shared/api/http'
import { useRightWords } from '@/shared/rights-words'

/**
 * The words for a refusal of the administration: which right is missing, who or what is in the way.
 * `unnamed`: none when the refusal names fields of the form, which say it themselves.
 */
export function useRefusal() {
  const { t } = useLingui()
  const explain = useExplain()
  const words = useRightWords()
  function told(error: unknown): string {
    const text = explain(error)
    if (!(error instanceof ApiError)) return text
    const data = (error.data ?? {}) as { right?: string; people?: string[]; teams?: string[] }
    if (error.code === 'identity.beyond-own-rights' && data.right) {
      const right = words.right(data.right)
      return `${text} ${t`It is about this right: ${right}.`}`
    }
    const [people, teams] = [data.people?.join(', '), data.teams?.join(', ')]
    if (people) return t`It is in use by: ${people}. Move them first.`
    if (teams) return t`These teams are below it: ${teams}. Move them first.`
    return text
  }
  const unnamed = (error: unknown) =>
    error instanceof ApiError && error.errors.length > 0 ? undefined : told(error)
  return { told, unnamed }
}
