import '@mantine/dates/styles.layer.css'
import 'dayjs/locale/ru'
import { DateInput, DateTimePicker } from '@mantine/dates'
import { useLingui } from '@lingui/react/macro'
import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat'
import type { ReactNode } from 'react'

dayjs.extend(customParseFormat)

type Props = {
  label?: string
  'aria-label'?: string
  /** `2026-03-01`, or a moment as ISO text for `MomentField`. */
  value: string | null
  onChange: (value: string | null) => void
  error?: ReactNode
  autoFocus?: boolean
  placeholder?: string
}

const PARSED = ['D.M.YYYY', 'D.M.YY', 'D MMM YYYY', 'YYYY-MM-DD', 'D/M/YYYY', 'MMM D, YYYY']

/** A day, typed or chosen. */
export function DateField({ value, onChange, ...rest }: Props) {
  const { i18n } = useLingui()
  return (
    <DateInput
      {...rest}
      locale={i18n.locale}
      valueFormat={i18n.locale === 'ru' ? 'D MMM YYYY' : 'MMM D, YYYY'}
      dateParser={(text) => {
        const day = dayjs(text, PARSED, i18n.locale)
        return day.isValid() ? day.format('YYYY-MM-DD') : null
      }}
      clearable
      value={value}
      onChange={(day) => onChange(day)}
    />
  )
}

/** A day and a time of it, in the person's zone; told and given as ISO text. */
export function MomentField({ value, onChange, ...rest }: Props) {
  const { i18n } = useLingui()
  return (
    <DateTimePicker
      {...rest}
      locale={i18n.locale}
      valueFormat={i18n.locale === 'ru' ? 'D MMM YYYY, HH:mm' : 'MMM D, YYYY, HH:mm'}
      clearable
      value={value && dayjs(value).format('YYYY-MM-DD HH:mm:ss')}
      onChange={(moment) => onChange(moment && dayjs(moment).toISOString())}
    />
  )
}
