import './products.css'
import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DealLine, DealLines as Lines } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { Failure } from '@/ui/failure'
import { Hidden } from '@/ui/hidden'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { LinesForm } from './lines-form'
import { linesQuery } from './queries'
import { Totals } from './totals'

type Props = { id: string; version: number; editable: boolean }

/** What a deal consists of, and what that comes to. */
export function DealLines({ id, version, editable }: Props) {
  const { t } = useLingui()
  const [began, setBegan] = useState<Lines>()
  const { data, error, refetch } = useQuery(linesQuery(id, version))
  const mayEdit = editable && data !== undefined && !data.hidden
  return (
    <Section
      title={t`Products and services`}
      actions={
        mayEdit &&
        !began && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} />}
            onClick={() => setBegan(data)}
          >
            {data.lines.length > 0 ? t`Edit the lines` : t`Add lines`}
          </Button>
        )
      }
    >
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <ListSkeleton rows={2} />}
      {began ? (
        <LinesForm lines={began} onDone={() => setBegan(undefined)} />
      ) : (
        data && <Shown lines={data} />
      )}
    </Section>
  )
}

function Shown({ lines }: { lines: Lines }) {
  const { t } = useLingui()
  if (lines.lines.length === 0) {
    return <Text size="sm" c="dimmed">{t`The deal has no lines: its sum is told by hand.`}</Text>
  }
  const placed = lines.lines.map((line, key) => ({ line, key }))
  return (
    <>
      <ul className="ln-lines">
        {placed.map(({ line, key }) => (
          <li key={key}>
            <LineRow line={line} currency={lines.currency ?? ''} />
          </li>
        ))}
      </ul>
      {!lines.hidden && lines.currency && <Totals of={lines} currency={lines.currency} />}
    </>
  )
}

/** What is sold, how much of it, and what that comes to. */
export function LineRow({ line, currency }: { line: DealLine; currency: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const { price, payable, discount_percent: percent, discount_amount: off, vat_rate } = line
  const quantity = `${format.exact(line.quantity)} ${line.unit ?? ''}`.trim()
  const vat = vat_rate && format.exact(vat_rate)
  const taken = percent
    ? `${format.exact(percent)} %`
    : off && format.money({ amount: off, currency })
  return (
    <div className="ln-row">
      <div>
        {line.name}
        <Text size="sm" c="dimmed" className="g-num">
          {[
            line.code,
            price === null
              ? quantity
              : `${quantity} × ${format.money({ amount: price, currency })}`,
            taken && t`discount ${taken}`,
            vat ? t`VAT ${vat} %` : t`No VAT`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      <b className="g-num">
        {payable === null ? <Hidden /> : format.money({ amount: payable, currency })}
      </b>
    </div>
  )
}
