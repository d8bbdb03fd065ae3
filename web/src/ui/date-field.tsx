import '@mantine/dates/styles.layer.css'
import 'dayjs/locale/ru'
import { DateInput, DateTimePicker } from '@mantine/dates'
import { useLingui } from '@lingui/react/macro'
import dayjs from 'dayjs'
import { useRef, type ReactNode } from 'react'
import { dayOf } from './entry-problems'

type Props = {
  label?: string
  'aria-label'?: string
  /** `2026-03-01`, or a moment as ISO text for `MomentField`. */
  value: string | null
  onChange: (value: string | null) => void
  error?: ReactNode
  autoFocus?: boolean
  placeholder?: string
  withAsterisk?: boolean
}

type DayProps = Props & {
  /** Told of a day chosen in the calendar, after `onChange`: there is no more to type. */
  onPick?: (value: string | null) => void
  onBlur?: () => void
}

/**
 * A day, typed or chosen. A text that is no day is given as it was typed, for `useEntryProblems` to
 * refuse: it is never turned into another day.
 */
export function DateField({ value, onChange, onPick, ...rest }: DayProps) {
  const { t, i18n } = useLingui()
  const typing = useRef(false)
  const day = value && dayOf(value, i18n.locale)
  return (
    <DateInput
      {...rest}
      locale={i18n.locale}
      valueFormat={i18n.locale === 'ru' ? 'D MMM YYYY' : 'MMM D, YYYY'}
      fixOnBlur={!value || day !== null}
      // runs before the field's own change, which may follow with the day the text names
      onInput={(event) => {
        typing.current = true
        queueMicrotask(() => (typing.current = false))
        const text = event.currentTarget.value.trim()
        onChange(text === '' ? null : (dayOf(text, i18n.locale) ?? text))
      }}
      dateParser={(text) => dayOf(text.trim(), i18n.locale)}
      clearable
      clearButtonProps={{ 'aria-label': t`Clear` }}
      value={day || null}
      onChange={(chosen) => {
        if (typing.current) return
        onChange(chosen)
        onPick?.(chosen)
      }}
    />
  )
}

/** A day and a time of it, in the person's zone; told and given as ISO text. */
export function MomentField({ value, onChange, ...rest }: Props) {
  const { t, i18n } = useLingui()
  return (
    <DateTimePicker
      {...rest}
      locale={i18n.locale}
      valueFormat={i18n.locale === 'ru' ? 'D MMM YYYY, HH:mm' : 'MMM D, YYYY, HH:mm'}
      clearable
      clearButtonProps={{ 'aria-label': t`Clear` }}
      value={value && dayjs(value).format('YYYY-MM-DD HH:mm:ss')}
      onChange={(moment) => onChange(moment && dayjs(moment).toISOString())}
    />
  )
}
