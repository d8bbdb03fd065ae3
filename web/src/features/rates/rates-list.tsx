import { ActionIcon, Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconArrowLeft, IconCoins, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Rate } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay, useMe } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useRemoveRate } from './changes'
import { ratesQuery } from './queries'

/** The rates in force on a day; of a chosen currency, all until that day. */
export function RatesList({ day }: { day: string | null }) {
  const { t } = useLingui()
  const [currency, setCurrency] = useState<string>()
  const [leaving, setLeaving] = useState<Rate>()
  const { data, error, refetch } = useQuery(ratesQuery(day, currency))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton />
  if (data.length === 0 && !currency) {
    return (
      <EmptyState
        icon={IconCoins}
        title={t`There are no rates yet`}
        text={t`Sums in other currencies are not counted in the base currency until there is a rate.`}
      />
    )
  }
  return (
    <>
      {currency && (
        <Group gap="xs" pb="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowLeft size={14} />}
            onClick={() => setCurrency(undefined)}
          >
            {t`All currencies`}
          </Button>
          <b>{currency}</b>
        </Group>
      )}
      <ul className="rt">
        {data.map((rate) => (
          <Row
            key={rate.id}
            rate={rate}
            onChoose={currency ? undefined : () => setCurrency(rate.currency)}
            onRemove={() => setLeaving(rate)}
          />
        ))}
      </ul>
      {leaving && <Removal rate={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  )
}

type RowProps = { rate: Rate; onChoose: (() => void) | undefined; onRemove: () => void }

function Row({ rate, onChoose, onRemove }: RowProps) {
  const { t, i18n } = useLingui()
  const format = useFormat()
  const mayEdit = useMay('sales.rates', 'edit')
  const { base_currency: base } = useMe()
  const { currency } = rate
  const since = format.date(rate.day)
  const name = new Intl.DisplayNames(i18n.locale, { type: 'currency' }).of(currency)
  return (
    <li>
      <div className="rt-name">
        {onChoose ? (
          <button
            type="button"
            className="g-link rt-code"
            onClick={onChoose}
            aria-label={t`All rates of ${currency}`}
          >
            {currency}
          </button>
        ) : (
          <b>{currency}</b>
        )}
        {name !== currency && <span className="rt-quiet">{name}</span>}
      </div>
      <div className="rt-value g-num">
        {format.number(rate.units)} = {format.exact(rate.value)} {base}
      </div>
      <div className="rt-since">
        <span className="rt-quiet g-num">{since}</span>
        {rate.source === 'typed' ? <Tag tone="blue">{t`By hand`}</Tag> : <Tag>{t`Bank`}</Tag>}
      </div>
      {mayEdit && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Remove the rate of ${currency} of ${since}`}
          onClick={onRemove}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </li>
  )
}

function Removal({ rate, onClose }: { rate: Rate; onClose: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  const problemText = useProblemText()
  const remove = useRemoveRate()
  const { currency } = rate
  const since = format.date(rate.day)
  return (
    <Confirm
      opened
      title={t`Remove the rate of ${currency} of ${since}?`}
      verb={t`Remove`}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(rate.id, {
          onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
          onSettled: onClose,
        })
      }
    >
      {t`The rate before it holds again. Closed deals keep what they were counted at.`}
    </Confirm>
  )
}
