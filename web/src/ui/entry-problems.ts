import { useLingui } from '@lingui/react/macro'
import { useCallback } from 'react'
import dayjs from 'dayjs'
import 'dayjs/locale/ru'
import customParseFormat from 'dayjs/plugin/customParseFormat'

dayjs.extend(customParseFormat)

const DAYS = ['D.M.YYYY', 'D.M.YY', 'D MMM YYYY', 'YYYY-MM-DD', 'D/M/YYYY', 'MMM D, YYYY']

const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number).join(' ')

/** The day a text names as `2027-03-01`; `null` when there is none such, as on 31.02.2027. */
export function dayOf(text: string, locale: string): string | null {
  for (const format of DAYS) {
    const day = dayjs(text, format, locale)
    // an impossible day would roll over into the next month: its numbers are then not those typed
    if (day.isValid() && numbers(day.format(format)) === numbers(text)) {
      return day.format('YYYY-MM-DD')
    }
  }
  return null
}

/** Why what was typed into a field of a sum or of a day cannot be saved; `undefined` if it can. */
export function useEntryProblems() {
  const { t, i18n } = useLingui()
  const sum = useCallback(
    (value: string) => {
      if (value.startsWith('-')) return t`The sum cannot be negative`
      if (/\.\d{3}/.test(value)) return t`The sum has more than two decimal places`
      return undefined
    },
    [t],
  )
  const day = useCallback(
    (value: string | null) =>
      value && dayOf(value, i18n.locale) === null ? t`There is no such date: ${value}` : undefined,
    [t, i18n.locale],
  )
  return { sum, day }
}
