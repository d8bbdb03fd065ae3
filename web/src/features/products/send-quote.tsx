import { SimpleGrid, Text, Textarea, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Quote, QuoteLetter, QuoteSending } from '@/shared/api/generated/model'
import { sendQuote } from '@/shared/api/generated/sales'
import { useDraftForm } from '@/shared/lib/form'
import { Failure } from '@/ui/failure'
import { EntryForm } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'
import { letterQuery, useQuotesTold } from './quote-queries'

/** What stands in the text for the link, which is made when the letter leaves. */
const LINK = '{link}'

type Values = { to: string; to_name: string; subject: string; body: string }
type Props = { quote: Quote; onDone: () => void }

/** The letter with a quote: it begins with what such letters say. */
export function SendForm({ quote, onDone }: Props) {
  const { data: letter, error, refetch } = useQuery(letterQuery(quote.id))
  if (error) return <Failure error={error} onRetry={() => void refetch()} />
  if (!letter) return <ListSkeleton rows={4} />
  return <Form quote={quote} letter={letter} onDone={onDone} />
}

function Form({ quote, letter, onDone }: Props & { letter: QuoteLetter }) {
  const { t } = useLingui()
  const told = useQuotesTold()
  const send = useMutation({
    mutationFn: (sent: { sending: QuoteSending; once: RequestInit }) =>
      sendQuote(quote.id, sent.sending, sent.once),
    onSuccess: told,
  })
  const kept = useDraftForm<Values>({
    draft: `quote-letter.${quote.id}`,
    initial: {
      to: letter.to ?? '',
      to_name: letter.to_name ?? '',
      subject: letter.subject,
      body: letter.body,
    },
    version: quote.version,
    validate: (values) => ({
      ...(!/^[^@\s]+@[^@\s]+$/.test(values.to.trim()) && { to: t`Whom it is for` }),
      ...(!values.subject.trim() && { subject: t`What it is about` }),
      ...(!values.body.trim() && { body: t`What it says` }),
    }),
  })
  const { form, once, began, refuse, discard } = kept
  function submit(values: Values) {
    const sending = {
      ...values,
      to_name: values.to_name.trim() || null,
      version: began ?? quote.version,
    }
    const done = {
      onSuccess: () => {
        discard()
        notifications.show({ message: t`The letter is on its way` })
        onDone()
      },
      onError: (error: Error) => refuse(error),
    }
    send.mutate({ sending, once: once() }, done)
  }
  return (
    <EntryForm
      kept={kept}
      verb={t`Send`}
      busy={send.isPending}
      onSubmit={form.onSubmit(submit)}
      onCancel={onDone}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          type="email"
          label={t`E-mail`}
          withAsterisk
          maxLength={254}
          {...form.getInputProps('to')}
        />
        <TextInput label={t`Receiver's name`} maxLength={200} {...form.getInputProps('to_name')} />
      </SimpleGrid>
      <TextInput
        label={t`Subject`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('subject')}
      />
      <Textarea
        label={t`Text`}
        withAsterisk
        autosize
        minRows={6}
        maxRows={16}
        maxLength={20_000}
        {...form.getInputProps('body')}
      />
      <Text size="sm" c="dimmed">
        {t`The PDF goes with it. The link to the quote comes where ${LINK} stands.`}
      </Text>
    </EntryForm>
  )
}
