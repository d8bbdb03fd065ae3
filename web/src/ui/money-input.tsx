import { NumberInput, type NumberInputProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'

type Props = Omit<NumberInputProps, 'value' | 'onChange' | 'prefix' | 'suffix'> & {
  value: string
  onChange: (value: string) => void
  currency: string
}

/**
 * A sum as text, exact to the kopeck: up to 16 digits never pass through a float. What is typed
 * stays as it is; `useEntryProblems` says what is wrong with it.
 */
export function MoneyInput({ value, onChange, currency, ...rest }: Props) {
  const { i18n } = useLingui()
  const russian = i18n.locale === 'ru'
  const symbol = new Intl.NumberFormat(i18n.locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
    .formatToParts(0)
    .find((part) => part.type === 'currency')?.value
  return (
    <NumberInput
      inputMode="decimal"
      hideControls
      clampBehavior="none"
      trimLeadingZeroesOnBlur={false}
      decimalSeparator={russian ? ',' : '.'}
      allowedDecimalSeparators={['.', ',']}
      thousandSeparator={russian ? '\u00a0' : ','}
      maxLength={24}
      rightSection={symbol}
      value={value}
      onValueChange={(values, { event }) => {
        if (event) onChange(values.value)
      }}
      {...rest}
    />
  )
}
