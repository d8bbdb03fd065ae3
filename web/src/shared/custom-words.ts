import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import type { CustomField, SentFile } from '@/shared/api/generated/model'
import { useFormat, type Money } from '@/shared/i18n/format'
import { useColleagues } from '@/shared/reference'

/** The value of a field that was added, in words. */
export function useCustomText(): (field: CustomField, value: unknown) => string {
  const { t } = useLingui()
  const format = useFormat()
  const colleagues = useColleagues()
  return useCallback(
    (field, value) => {
      const named = (key: unknown) =>
        field.options.find((option) => option.key === key)?.name ?? String(key)
      switch (field.type) {
        case 'number':
          return format.number(String(value))
        case 'money':
          // a condition compares with a sum alone
          return typeof value === 'string' ? format.number(value) : format.money(value as Money)
        case 'date':
          return format.date(String(value))
        case 'time':
          return format.moment(String(value))
        case 'bool':
          return value === true || value === 'true' ? t`Yes` : t`No`
        case 'choice':
          return named(value)
        case 'choices':
          return [value].flat().map(named).join(', ')
        case 'file':
          // a condition compares with what they are called
          return typeof value === 'string'
            ? value
            : (value as SentFile[]).map(({ name }) => name).join(', ')
        case 'sealed':
          return t`encrypted`
        case 'link':
          return t`another record`
        case 'person':
          return colleagues.find((user) => user.id === value)?.name ?? t`Another person`
        default:
          return String(value)
      }
    },
    [t, format, colleagues],
  )
}
