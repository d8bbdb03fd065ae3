import { PasswordInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'

export const SHORTEST = 8

type Props = {
  label: string
  error: string | false | undefined
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
}

/** A password that is to be; a manager of passwords may make and keep it. */
export function NewPasswordInput({ label, error, value, onChange, autoFocus = false }: Props) {
  const { t } = useLingui()
  return (
    <PasswordInput
      autoFocus={autoFocus}
      autoComplete="new-password"
      label={label}
      description={t`At least ${SHORTEST} characters. Several words are better than signs.`}
      maxLength={128}
      error={error}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
    />
  )
}
