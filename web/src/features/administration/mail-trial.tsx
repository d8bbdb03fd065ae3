import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Button, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { tryMailServer } from '@/shared/api/generated/communications'
import type { MailTried } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { Tag } from '@/ui/tag'
import './configuration.css'

const WORDS: Record<string, MessageDescriptor> = {
  'mail.sent': msg`The server took the letter. Look whether it arrives.`,
  'mail.login': msg`The server does not accept the user or the password.`,
  'mail.recipient': msg`The server does not accept the recipient.`,
  'mail.refused': msg`The server refused the letter.`,
  'mail.sender': msg`The server does not accept the sender.`,
  'mail.silent': msg`The server does not answer in time. Check host and port.`,
  'mail.tls': msg`The encrypted connection failed: another encryption is wanted, or the certificate is not valid for this host.`,
  'mail.unknown-host': msg`There is no such host.`,
  'mail.unreachable': msg`Nothing listens there. Check host and port.`,
}

/** Sends a letter by the server that is saved, and says in words what came of it. */
export function MailTrial() {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const [to, setTo] = useState(useMe().user.email)
  const trial = useMutation({ mutationFn: () => tryMailServer({ to }) })
  const wrong = trial.error instanceof ApiError ? trial.error.errors[0] : undefined
  function submit(event: FormEvent) {
    event.preventDefault()
    trial.mutate()
  }
  return (
    <form className="cf-trial" onSubmit={submit} noValidate>
      <TextInput
        type="email"
        label={t`Send a test letter to`}
        description={t`By the server as it is saved`}
        value={to}
        error={trial.error && (wrong ? fieldText(i18n, wrong) : problemText(trial.error))}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={trial.isPending}>
        {t`Send`}
      </Button>
      <div className="cf-outcome" role="status">
        {trial.data && <Outcome tried={trial.data} />}
      </div>
    </form>
  )
}

function Outcome({ tried: { well, code, said } }: { tried: MailTried }) {
  const { t, i18n } = useLingui()
  const words = WORDS[code]
  return (
    <>
      <Tag tone={well ? 'teal' : 'red'}>{well ? t`It works` : t`It does not work`}</Tag>{' '}
      {words ? i18n._(words) : code} {said && <code lang="en">{said}</code>}
    </>
  )
}
