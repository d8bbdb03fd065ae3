import { Button, FileButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { useState } from 'react'
import type { RatesRead } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { useFormat } from '@/shared/i18n/format'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useImportRates } from './changes'
import { FeedForm } from './feed-form'
import { ratesFeedQuery } from './queries'
import { RateForm } from './rate-form'
import { RatesList } from './rates-list'
import './rates.css'

/** What other currencies are worth, day by day: typed, from a file, fetched every day. */
export function RatesPage() {
  const { t } = useLingui()
  const { base_currency: base } = useMe()
  const problems = useEntryProblems()
  const today = dayjs().format('YYYY-MM-DD')
  const [day, setDay] = useState<string | null>(today)
  const wrong = problems.day(day)
  return (
    <Page title={t`Exchange rates`} hint={t`Base currency: ${base}`}>
      <Section title={t`Set a rate`}>
        <RateForm day={today} />
      </Section>
      <Section
        title={t`Rates in force`}
        actions={
          <div className="rt-actions">
            <DateField aria-label={t`On the day`} value={day} error={wrong} onChange={setDay} />
            <FromFile />
          </div>
        }
      >
        <RatesList day={wrong ? today : day} />
      </Section>
      <Section title={t`Every day by itself`}>
        <Feed />
      </Section>
    </Page>
  )
}

function Feed() {
  const { data, error, refetch } = useQuery(ratesFeedQuery())
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  return data ? <FeedForm key={data.version} feed={data} /> : <ListSkeleton rows={2} />
}

function FromFile() {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const problemText = useProblemText()
  const bring = useImportRates()
  const [wrong] = bring.error instanceof ApiError ? bring.error.errors : []
  function told({ day, added, changed, same, kept }: RatesRead) {
    const of = format.date(day)
    notifications.show({
      message: t`Rates of ${of}: ${added} new, ${changed} changed, ${same} the same, ${kept} kept as typed.`,
    })
  }
  return (
    <>
      <FileButton
        accept=".xml,application/xml,text/xml"
        onChange={(file) => file && bring.mutate(file, { onSuccess: told })}
      >
        {(props) => (
          <Button
            {...props}
            variant="default"
            leftSection={<IconUpload size={16} />}
            loading={bring.isPending}
          >
            {t`Import a file`}
          </Button>
        )}
      </FileButton>
      <FormProblem>
        {bring.error && (wrong ? fieldText(i18n, wrong) : problemText(bring.error))}
      </FormProblem>
    </>
  )
}
