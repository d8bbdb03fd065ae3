import { useState } from 'react'
import type { Enrolled } from '@/shared/api/generated/model'
import { RecoveryCodes } from './recovery-codes'
import { TotpEnrolment } from './totp-enrolment'

type Props = { onDone: () => void; onCancel: () => void }

/** A second factor, then the recovery codes that come with the first. */
export function AddFactor({ onDone, onCancel }: Props) {
  const [codes, setCodes] = useState<string[]>()
  function added({ recovery_codes: told }: Enrolled) {
    if (told.length > 0) setCodes(told)
    else onDone()
  }
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />
  return <TotpEnrolment onDone={added} onCancel={onCancel} />
}
