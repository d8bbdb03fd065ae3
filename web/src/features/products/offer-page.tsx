import './products.css'
import './offer.css'
import { Button, Text, Title } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { LineRow } from './deal-lines'
import { Totals } from './totals'
import type { Offer, QuoteCustomer, QuoteSeller } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { getOfferFileUrl, offerOpened } from '@/shared/api/generated/sales'
import { useFormat } from '@/shared/i18n/format'
import { activate, isLocale } from '@/shared/i18n/i18n'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'
import { Answer } from './offer-answer'
import { offerQuery } from './quote-queries'
import { isOpen, QuoteTag } from './quote-status'

/** The link has lost a part of itself on its way: it is none that was ever given. */
const isCrippled = (error: unknown) => error instanceof ApiError && error.status === 422

const LOOKED_MS = 1_500

/** A quote as its customer sees it, by the link they were given. */
export function OfferPage({ token }: { token: string }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const { data, error } = useQuery(offerQuery(token))
  const locale = data?.told.locale
  useEffect(() => {
    if (locale && isLocale(locale) && locale !== i18n.locale) void activate(locale, { kept: false })
  }, [locale, i18n])
  useLookedAt(token, data !== undefined)
  useEffect(() => {
    document.title = data ? t`Quote No. ${data.told.number}` : t`Quote`
  }, [data, t])
  return (
    <main className="of">
      {error && !data && (
        <div className="g-card">
          <Title order={1}>{t`Quote`}</Title>
          <FormProblem>
            {isCrippled(error) ? t`This link leads nowhere.` : problemText(error)}
          </FormProblem>
        </div>
      )}
      {!data && !error && <ListSkeleton rows={6} />}
      {data && <Told offer={data} token={token} />}
    </main>
  )
}

/** Says that somebody looks at it: once it was on screen for a moment, which no scanner waits for. */
function useLookedAt(token: string, shown: boolean) {
  useEffect(() => {
    if (!shown) return undefined
    const timer = setTimeout(() => {
      if (document.visibilityState === 'visible') offerOpened(token).catch(() => undefined)
    }, LOOKED_MS)
    return () => clearTimeout(timer)
  }, [token, shown])
}

function Told({ offer, token }: { offer: Offer; token: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const { told } = offer
  const { number } = told
  const made = format.date(told.made_on)
  const until = format.date(told.valid_until)
  const placed = told.lines.map((line, key) => ({ line, key }))
  return (
    <>
      <header className="of-head">
        <div>
          <Title order={1}>{t`Quote No. ${number}`}</Title>
          <Text size="sm" c="dimmed">
            {t`of ${made}, valid until ${until}`}{' '}
            {!isOpen(offer.status) && <QuoteTag status={offer.status} />}
          </Text>
        </div>
        <Button
          component="a"
          href={getOfferFileUrl(token)}
          target="_blank"
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t`Download the PDF`}
        </Button>
      </header>
      <section className="g-card of-sides">
        <Side title={t`Seller`} of={told.seller} />
        <Side title={t`Customer`} of={told.customer} />
      </section>
      {told.introduction && <p className="of-text">{told.introduction}</p>}
      <section className="g-card" aria-label={t`Lines`}>
        <ul className="ln-lines">
          {placed.map(({ line, key }) => (
            <li key={key}>
              <LineRow line={line} currency={told.currency} />
            </li>
          ))}
        </ul>
        <Totals of={told} currency={told.currency} />
      </section>
      {told.terms && (
        <section className="g-card">
          <Title order={2} fz="lg" fw={600} mb="xs">
            {t`Terms`}
          </Title>
          <p className="of-text">{told.terms}</p>
        </section>
      )}
      <Answer offer={offer} token={token} />
    </>
  )
}

function Side({ title, of }: { title: string; of: QuoteSeller | QuoteCustomer }) {
  const { t } = useLingui()
  const seller = 'signer' in of ? of : undefined
  const customer = 'person' in of ? of : undefined
  const facts = [
    [t`Tax number (INN)`, of.inn],
    [t`Registration reason code (KPP)`, of.kpp],
    [t`Registration number (OGRN)`, of.ogrn],
    [t`Address`, of.address],
    [t`Phone`, seller?.phone],
    [t`E-mail`, seller?.email],
    [t`Contact`, customer?.person],
  ].filter(([, value]) => value)
  if (!of.name && facts.length === 0) return null
  return (
    <div>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <p className="of-side">
        <b>{of.name}</b>
      </p>
      {facts.map(([label, value]) => (
        <Text key={label} size="sm" className="of-side">
          <span style={{ color: 'var(--g-text-2)' }}>{label}:</span> {value}
        </Text>
      ))}
    </div>
  )
}
