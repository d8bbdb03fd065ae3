import { Button, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { listDeliveries, tryWebhook } from '@/shared/api/generated/integrations'
import type { Delivery } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { codeText, fieldText, useProblemText } from '@/shared/i18n/problems'
import { Section } from '@/ui/page'
import { Tag } from '@/ui/tag'
import './configuration.css'

/** Milliseconds after which it is asked again what came of a call. */
const AGAIN = 1000

/** Calls an address, signed as every call is, and says what came of it. */
export function WebhookTrial() {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const [url, setUrl] = useState('')
  const trial = useMutation({ mutationFn: () => tryWebhook({ url }) })
  const { error } = trial
  const wrong = error instanceof ApiError ? error.errors[0] : undefined
  const refused =
    error &&
    (wrong ? fieldText(i18n, wrong) : (codeText(i18n, codeOf(error)) ?? problemText(error)))
  function submit(event: FormEvent) {
    event.preventDefault()
    trial.mutate()
  }
  return (
    <Section title={t`Webhooks`}>
      <Text size="sm" maw={640}>
        {t`Rules call addresses of your choice, each call signed after Standard Webhooks. Inner addresses have to be allowed by GAUSDO_OUTBOUND_ALLOW.`}
      </Text>
      <form className="cf-trial" onSubmit={submit} noValidate>
        <TextInput
          type="url"
          label={t`Call an address to try it`}
          placeholder="https://example.org/hook"
          maxLength={2000}
          value={url}
          error={refused}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={trial.isPending} disabled={url === ''}>
          {t`Call`}
        </Button>
        <div className="cf-outcome" role="status">
          {trial.data && <Outcome key={trial.data.id} id={trial.data.id} />}
        </div>
      </form>
    </Section>
  )
}

const codeOf = (error: Error) => (error instanceof ApiError ? error.code : '')

const isOver = (delivery: Delivery | undefined) =>
  delivery !== undefined && (delivery.state !== 'waiting' || delivery.attempts > 0)

function Outcome({ id }: { id: string }) {
  const { t, i18n } = useLingui()
  const { data } = useQuery({
    queryKey: ['deliveries', 'trial', id],
    queryFn: async ({ signal }) => (await listDeliveries({ ids: id }, { signal })).items[0],
    refetchInterval: ({ state }) => (isOver(state.data) ? false : AGAIN),
  })
  if (!data || !isOver(data)) return <Tag tone="blue">{t`On its way`}</Tag>
  const { status } = data
  // given up at the first try, without an answer: the name leads where nothing may be called
  const forbidden = data.state === 'failed' && codeText(i18n, 'integrations.forbidden-address')
  const silent = forbidden || t`Nobody answered. Check the address and the receiver’s certificate.`
  const answered = status === null ? silent : t`The receiver answered ${status}.`
  if (data.state === 'delivered') {
    return (
      <>
        <Tag tone="teal">{t`It works`}</Tag> {answered}
      </>
    )
  }
  return (
    <>
      <Tag tone="red">{t`It does not work`}</Tag> {answered}
    </>
  )
}
