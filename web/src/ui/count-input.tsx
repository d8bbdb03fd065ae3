import { NumberInput, type NumberInputProps } from '@mantine/core'

const MOST = 10_000_000

/** A whole number from nought on. */
export function CountInput(props: NumberInputProps) {
  return (
    <NumberInput
      min={0}
      max={MOST}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=" "
      hideControls
      {...props}
    />
  )
}
