import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import type { Repeats } from './meeting-values'

const OFFERED = ['0', '5', '10', '15', '30', '60', '120', '1440']
const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

/** The choices of a meeting's form, in words. */
export function useMeetingWords() {
  const { t, i18n } = useLingui()
  const repeats: { value: Repeats; label: string }[] = [
    { value: 'never', label: t`never` },
    { value: 'day', label: t`every day` },
    { value: 'week', label: t`every week` },
    { value: 'weeks', label: t`every two weeks` },
    { value: 'month', label: t`every month, on this day` },
    { value: 'weekday', label: t`every month, on this weekday` },
    { value: 'year', label: t`every year` },
  ]
  const name = new Intl.DateTimeFormat(i18n.locale, { weekday: 'short', timeZone: 'UTC' })

  function before(minutes: number): string {
    if (minutes === 0) return t`when it begins`
    if (minutes % 1440 === 0) {
      return t`${plural(minutes / 1440, { one: '# day before', other: '# days before' })}`
    }
    if (minutes % 60 === 0) {
      return t`${plural(minutes / 60, { one: '# hour before', other: '# hours before' })}`
    }
    return t`${plural(minutes, { one: '# minute before', other: '# minutes before' })}`
  }

  return {
    repeats,
    kinds: [
      { value: 'meeting', label: t`Meeting` },
      { value: 'call', label: t({ message: 'Call', context: 'meeting' }) },
    ],
    scopes: [
      { value: 'this', label: t`Only this one` },
      { value: 'following', label: t`This and following` },
      { value: 'all', label: t`All` },
    ],
    weekdays: Array.from({ length: 7 }, (_, index) => name.format(MONDAY + index * DAY)),
    minutes: (chosen: readonly string[]) =>
      [...new Set([...OFFERED, ...chosen])]
        .sort((one, other) => Number(one) - Number(other))
        .map((value) => ({ value, label: before(Number(value)) })),
  }
}
