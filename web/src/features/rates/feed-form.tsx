import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import type { RatesFeed } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { useFormat } from '@/shared/i18n/format'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { RelativeTime } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import { useChangeRatesFeed, useFetchRates } from './changes'

const EXAMPLE = 'https://www.cbr.ru/scripts/XML_daily.asp'

const TROUBLES: Record<string, MessageDescriptor> = {
  blocked: msg`this address may not be called`,
  unreachable: msg`nobody answered`,
  refused: msg`the answer was a refusal`,
  'rates-too-large': msg`the answer was too large`,
  'rates-unreadable': msg`the answer was no rates of the Bank of Russia`,
  'rates-other-base': msg`the bank tells rates in roubles, which are not the base currency here`,
}

/** From where rates are fetched once a day, and what came of it. */
export function FeedForm({ feed }: { feed: RatesFeed }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const save = useChangeRatesFeed()
  const fetch = useFetchRates()
  const [url, setUrl] = useState(feed.url ?? '')
  const errors = save.error instanceof ApiError ? save.error.errors : []
  const wrong = errors.find((one) => one.field === 'url')
  const refused = save.error ?? fetch.error
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(
      { version: feed.version, url: url.trim() || null },
      { onSuccess: () => notifications.show({ message: t`Saved.` }) },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" pb="sm" maw={640}>
        <FormProblem>{refused && !wrong && problemText(refused)}</FormProblem>
        <TextInput
          label={t`Address of the daily rates`}
          description={t`XML of the Bank of Russia, asked for every hour until it has come once that day; nothing is fetched without an address`}
          placeholder={EXAMPLE}
          type="url"
          maxLength={500}
          value={url}
          error={wrong && fieldText(i18n, wrong)}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <FeedState feed={feed} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t`Save`}
          </Button>
          {feed.url && (
            <Button variant="default" loading={fetch.isPending} onClick={() => fetch.mutate()}>
              {t`Fetch now`}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function FeedState({ feed }: { feed: RatesFeed }) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  if (!feed.url) return null
  if (!feed.tried_at) return <Text size="sm">{t`Not fetched yet.`}</Text>
  const words = feed.trouble && TROUBLES[feed.trouble]
  const why = words ? i18n._(words) : feed.trouble
  const day = feed.day && format.date(feed.day)
  return (
    <Text size="sm" component="div" role="status">
      {feed.trouble ? (
        <Tag tone="red">{t({ message: 'Failed', context: 'job' })}</Tag>
      ) : (
        <Tag tone="teal">{t`Works`}</Tag>
      )}{' '}
      {t`Last tried`} <RelativeTime at={feed.tried_at} />
      {why && `: ${why}`}
      {day && ` · ${t`last rates read: those of ${day}`}`}
    </Text>
  )
}
