import { useLingui } from '@lingui/react'

/** An amount as the API sends it: a decimal in words (never added up here) and its currency. */
export type Money = { amount: string; currency: string }

type Decimal = Intl.StringNumericLiteral

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** The formats of one language. Dates come as ISO text; a bare day ("2026-03-01") has no zone. */
export function formatsOf(locale: string) {
  const number = new Intl.NumberFormat(locale)
  const exact = new Intl.NumberFormat(locale, { maximumFractionDigits: 10 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const month = new Intl.DateTimeFormat(locale, { month: 'short', year: '2-digit' })
  const fullMonth = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

  const currencies = new Map<string, Intl.NumberFormat>()
  function currency(code: string, compact: boolean): Intl.NumberFormat {
    const key = `${code}${compact}`
    const known = currencies.get(key)
    if (known) return known
    const made = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: code,
      currencyDisplay: 'narrowSymbol',
      ...(compact
        ? { minimumFractionDigits: 0, maximumFractionDigits: 1, notation: 'compact' }
        : // 100.10 and 100, never 100.1
          { minimumFractionDigits: 2, trailingZeroDisplay: 'stripIfInteger' }),
    })
    currencies.set(key, made)
    return made
  }
  // "г." after every year is noise in a table
  const short = (text: string) => text.replace(/\s?г\.$/, '')
  const at = (iso: string) => new Date(iso.length === 10 ? `${iso}T00:00:00` : iso)

  return {
    number: (value: number | string) => number.format(value as number),
    /** Every digit there is: a rate. */
    exact: (value: string) => exact.format(value as Decimal),
    percent: (share: number) => percent.format(share),
    money: (value: Money) => currency(value.currency, false).format(value.amount as Decimal),
    compactMoney: (value: Money) => currency(value.currency, true).format(value.amount as Decimal),
    day: (iso: string) => day.format(at(iso)),
    date: (iso: string) => short(date.format(at(iso))),
    moment: (iso: string) => moment.format(at(iso)),
    time: (iso: string) => time.format(at(iso)),
    weekday: (iso: string) => weekday.format(at(iso)),
    month: (iso: string) => short(month.format(at(iso))),
    fullMonth: (iso: string) => short(fullMonth.format(at(iso))),
    /** "in 2 hours", "yesterday"; `now` in milliseconds. */
    relative: (iso: string, now: number) => {
      const seconds = (at(iso).getTime() - now) / 1000
      const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [
        'second',
        1,
      ]
      return relative.format(unit === 'second' ? 0 : Math.trunc(seconds / length), unit)
    },
  }
}

export type Format = ReturnType<typeof formatsOf>

const made = new Map<string, Format>()

/** The formats of the language shown, made once per language. */
export function useFormat(): Format {
  const { i18n } = useLingui()
  let format = made.get(i18n.locale)
  if (!format) {
    format = formatsOf(i18n.locale)
    made.set(i18n.locale, format)
  }
  return format
}
