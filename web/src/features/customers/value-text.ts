import { useLingui } from '@lingui/react/macro'

const isNamed = (value: unknown): value is { name: string | null } =>
  typeof value === 'object' && value !== null && 'name' in value

/** A value of any field in words; a record by its name, a sealed one by whether it is kept. */
export function useValueText() {
  const { t } = useLingui()
  return (value: unknown): string => {
    if (value === true) return t`kept`
    if (Array.isArray(value)) return value.join(' · ') || '—'
    if (isNamed(value)) return value.name ?? t`not yours to see`
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '—'
  }
}
