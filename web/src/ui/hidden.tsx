import './hidden.css'
import { useLingui } from '@lingui/react/macro'
import { IconEyeOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** Stands for a value that the reader's roles do not show: it is not empty, it is not told. */
export function Hidden() {
  const { t } = useLingui()
  return (
    <span className="g-hidden" title={t`Your role does not show this field`}>
      <IconEyeOff size={13} stroke={1.7} aria-hidden="true" />
      {t({ message: 'hidden', context: 'field' })}
    </span>
  )
}

type ShownProps = { of: { hidden: readonly string[] }; field: string; children: ReactNode }

/** A field's value, or that it is hidden. */
export const Shown = ({ of, field, children }: ShownProps) =>
  of.hidden.includes(field) ? <Hidden /> : <>{children}</>
