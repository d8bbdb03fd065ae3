import { Button, Checkbox, Group, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import type { Offer } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { useAnswer } from './quote-queries'
import { isOpen } from './quote-status'

type Props = { offer: Offer; token: string }

/** What the customer says to it; once said, it is shown. */
export function Answer({ offer, token }: Props) {
  const [refusing, setRefusing] = useState(false)
  if (!isOpen(offer.status)) return <Answered offer={offer} />
  return (
    <section className="g-card">
      {refusing ? (
        <Decline token={token} onBack={() => setRefusing(false)} />
      ) : (
        <Accept token={token} onRefuse={() => setRefusing(true)} />
      )}
    </section>
  )
}

function Answered({ offer }: { offer: Offer }) {
  const { t } = useLingui()
  const format = useFormat()
  const at = offer.answered_at ? format.moment(offer.answered_at) : ''
  const by = offer.answered_by ?? ''
  const words = {
    accepted: t`The quote was accepted: ${by}, ${at}. Thank you!`,
    declined: t`The quote was declined on ${at}.`,
    expired: t`The quote is no longer valid. Ask for a new one.`,
    superseded: t`There is a newer quote in place of this one.`,
  } as const
  return (
    <section className="g-card" role="status">
      <Text>{words[offer.status as keyof typeof words]}</Text>
    </section>
  )
}

function Accept({ token, onRefuse }: { token: string; onRefuse: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { accept } = useAnswer(token)
  const [name, setName] = useState('')
  const [agreed, setAgreed] = useState(false)
  const [tried, setTried] = useState(false)
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (name.trim() && agreed) accept.mutate({ name, agreed: true })
  }
  return (
    <form className="of-answer" onSubmit={submit} noValidate>
      <Title order={2} fz="lg" fw={600}>{t`Your answer`}</Title>
      <FormProblem>{accept.error && problemText(accept.error)}</FormProblem>
      <TextInput
        label={t`Your name`}
        autoComplete="name"
        maxLength={200}
        value={name}
        error={tried && !name.trim() && t`Tell who accepts it`}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox
        label={t`I accept this quote, its prices and its terms`}
        checked={agreed}
        error={tried && !agreed && t`Tick it to accept`}
        onChange={(event) => setAgreed(event.currentTarget.checked)}
      />
      <Group gap="sm">
        <Button type="submit" loading={accept.isPending}>{t`Accept`}</Button>
        <Button variant="default" onClick={onRefuse}>{t`Decline`}</Button>
      </Group>
    </form>
  )
}

function Decline({ token, onBack }: { token: string; onBack: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { decline } = useAnswer(token)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (reason.trim()) decline.mutate({ reason })
  }
  return (
    <form className="of-answer" onSubmit={submit} noValidate>
      <Title order={2} fz="lg" fw={600}>{t`Decline the quote`}</Title>
      <FormProblem>{decline.error && problemText(decline.error)}</FormProblem>
      <Textarea
        autoFocus
        label={t`What does not suit you?`}
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        error={tried && !reason.trim() && t`Say why, in a few words`}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="sm">
        <Button type="submit" loading={decline.isPending}>{t`Decline`}</Button>
        <Button variant="default" onClick={onBack}>{t`Back`}</Button>
      </Group>
    </form>
  )
}
