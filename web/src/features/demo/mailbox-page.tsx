import { SegmentedControl, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { Page } from '@/ui/page'
import { Letters } from './letters'
import { Webhooks } from './webhooks'
import './mailbox.css'

/** What stands in the address: which box, which letter. */
type MailboxSearch = { box?: 'webhooks' | undefined; letter?: string | undefined }

type Props = { search: MailboxSearch; onSearch: (search: MailboxSearch) => void }

/** What left Gausdo and arrived at the demonstration's own mail server and webhook receiver. */
export function MailboxPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  return (
    <Page
      title={t`Demo mailbox`}
      hint={t`letters and webhooks that really arrived`}
      actions={
        <SegmentedControl
          aria-label={t`What to show`}
          data={[
            { value: 'letters', label: t`Letters` },
            { value: 'webhooks', label: t`Webhooks` },
          ]}
          value={search.box ?? 'letters'}
          onChange={(box) => onSearch(box === 'webhooks' ? { box } : {})}
        />
      }
    >
      {search.box === 'webhooks' ? (
        <Webhooks />
      ) : (
        <Letters chosen={search.letter} onChoose={(letter) => onSearch({ letter })} />
      )}
      <Text size="xs" c="dimmed">
        {t`Nothing here went to the internet: these servers belong to the demonstration.`}
      </Text>
    </Page>
  )
}
