import './quotes.css'
import { ActionIcon, Anchor, Button, Menu, Modal, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconDots, IconFileText, IconLink, IconMail, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Deal, Quote } from '@/shared/api/generated/model'
import { getQuoteFileUrl } from '@/shared/api/generated/sales'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { Copied } from '@/ui/copied'
import { Failure } from '@/ui/failure'
import { Hidden } from '@/ui/hidden'
import { Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { quotesQuery, useShareQuote } from './quote-queries'
import { isOpen, QuoteTag } from './quote-status'

const MakeForm = lazy(() => import('./make-quote').then((one) => ({ default: one.MakeForm })))
const SendForm = lazy(() => import('./send-quote').then((one) => ({ default: one.SendForm })))

type Open = { what: 'make' } | { what: 'send'; quote: Quote } | { what: 'link'; url: string }

/** What the customer was offered, and what they made of it. */
export function DealQuotes({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  const [open, setOpen] = useState<Open>()
  const { data: quotes, error, refetch } = useQuery(quotesQuery(deal.id))
  const mayMake = deal.editable && !deal.hidden.includes('worth')
  const close = () => setOpen(undefined)
  return (
    <Section
      title={t`Quotes`}
      actions={
        mayMake && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setOpen({ what: 'make' })}
          >
            {t`Make a quote`}
          </Button>
        )
      }
    >
      {error && !quotes && <Failure error={error} onRetry={() => void refetch()} />}
      {!quotes && !error && <ListSkeleton rows={1} />}
      {quotes?.length === 0 && (
        <Text size="sm" c="dimmed">{t`A quote is made of the lines and sent as PDF.`}</Text>
      )}
      {quotes && quotes.length > 0 && (
        <ul className="qu-list">
          {quotes.map((quote) => (
            <Row key={quote.id} quote={quote} mayMake={mayMake} onOpen={setOpen} />
          ))}
        </ul>
      )}
      <Suspense>
        {open?.what === 'make' && (
          <Modal opened onClose={close} size="lg" title={t`New quote`}>
            <MakeForm deal={deal} onDone={close} />
          </Modal>
        )}
        {open?.what === 'send' && (
          <Modal opened onClose={close} size="lg" title={t`Send quote ${open.quote.number}`}>
            <SendForm quote={open.quote} onDone={close} />
          </Modal>
        )}
      </Suspense>
      {open?.what === 'link' && (
        <Modal opened onClose={close} title={t`The link for the customer`}>
          <Text size="sm" mb="sm">
            {t`Whoever has it sees the quote and can answer it, without signing in.`}
          </Text>
          <Copied text={open.url} />
        </Modal>
      )}
    </Section>
  )
}

type RowProps = { quote: Quote; mayMake: boolean; onOpen: (open: Open) => void }

function Row({ quote, mayMake, onOpen }: RowProps) {
  const { t } = useLingui()
  const format = useFormat()
  const problemText = useProblemText()
  const share = useShareQuote()
  const maySend = useMay('communications.letter', 'create')
  const { number, payable, currency } = quote
  const until = format.date(quote.valid_until)
  const open = isOpen(quote.status)
  function tellLink() {
    share.mutate(quote, {
      onSuccess: ({ url }) => onOpen({ what: 'link', url }),
      onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    })
  }
  return (
    <li>
      <div className="qu-what">
        <span className="qu-head">
          {payable === null ? (
            <b>{number}</b>
          ) : (
            <Anchor href={getQuoteFileUrl(quote.id)} target="_blank" fw={560}>
              {number}
            </Anchor>
          )}
          <QuoteTag status={quote.status} />
        </span>
        <Text size="sm" c="dimmed" component="div">
          <Happened quote={quote} />
          {open && <> · {t`valid until ${until}`}</>}
        </Text>
        {quote.reason && <Text size="sm">{quote.reason}</Text>}
      </div>
      <span className="qu-sum g-num">
        {payable === null ? <Hidden /> : format.money({ amount: payable, currency })}
      </span>
      {payable !== null && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t`Actions for quote ${number}`}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              component="a"
              href={getQuoteFileUrl(quote.id)}
              target="_blank"
              leftSection={<IconFileText size={16} />}
            >
              {t`Open the PDF`}
            </Menu.Item>
            {mayMake && open && maySend && (
              <Menu.Item
                leftSection={<IconMail size={16} />}
                onClick={() => onOpen({ what: 'send', quote })}
              >
                {t`Send by letter`}
              </Menu.Item>
            )}
            {mayMake && open && (
              <Menu.Item leftSection={<IconLink size={16} />} onClick={tellLink}>
                {t`Link for the customer`}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  )
}

/** The latest of what is known of it. */
function Happened({ quote }: { quote: Quote }) {
  const { t } = useLingui()
  const { answered_at, answered_by, opened_last_at, sent_at, sent_to } = quote
  if (answered_at) {
    return (
      <>
        {answered_by ? t`answered by ${answered_by}` : t`answered`}{' '}
        <RelativeTime at={answered_at} />
      </>
    )
  }
  if (opened_last_at) {
    return (
      <>
        <Plural value={quote.opened} one="opened # time, last" other="opened # times, last" />{' '}
        <RelativeTime at={opened_last_at} />
      </>
    )
  }
  if (sent_at) {
    return (
      <>
        {sent_to ? t`sent to ${sent_to}` : t`sent by link`} <RelativeTime at={sent_at} />
      </>
    )
  }
  return (
    <>
      {t`made`} <RelativeTime at={quote.made_at} />
    </>
  )
}
