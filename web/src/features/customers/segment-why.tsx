import './segments.css'
import { Modal, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { CSSProperties } from 'react'
import type { WhyStep } from '@/shared/api/generated/model'
import { useToldChanges } from '@/shared/changes'
import { isAmount, useConditionWords, type ConditionTold } from '@/shared/condition-words'
import { useFormat } from '@/shared/i18n/format'
import type { CustomerKind } from '@/shared/labels'
import type { Picked } from '@/shared/picked'
import { usePipelines, useTeams } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { whyQuery } from './segment-queries'

type Props = { kind: CustomerKind; of: Picked; segment: Picked; onClose: () => void }

/** Why a record is in a segment, or is not: each condition with the record's own value. */
export function SegmentWhyDialog({ kind, of, segment, onClose }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  useFocusBack()
  const { data: why, error, refetch } = useQuery(whyQuery(segment.id, of.id))
  const title = segment.name
  const by = why?.by_name ?? '—'
  const since = why?.since ? format.moment(why.since) : ''
  return (
    <Modal opened onClose={onClose} title={t`Segment “${title}”`} size="lg">
      {error && !why && <Failure error={error} onRetry={() => void refetch()} />}
      {!why && !error && <ListSkeleton rows={4} />}
      {why && (
        <>
          <Text size="sm" mb="xs">
            {!why.member && t`Not in this segment.`}
            {why.member && why.how === 'static' && t`Put in by hand: ${by}, ${since}.`}
            {why.member && why.how === 'dynamic' && t`In this segment since ${since}.`}
          </Text>
          <ul className="sg-why">
            {why.steps.map((step, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- a step is its place
              <Step key={at} step={step} kind={kind} />
            ))}
          </ul>
        </>
      )}
    </Modal>
  )
}

function Step({ step, kind }: { step: WhyStep; kind: CustomerKind }) {
  const { t } = useLingui()
  const leaf =
    step.field !== null && step.op !== null
      ? ({ field: step.field, op: step.op, value: step.value } as ConditionTold)
      : undefined
  const words = useConditionWords({ of: leaf ? [leaf] : [], kind })
  const own = useOwnText(kind)
  const told = step.field === null ? '' : own(step.field, step.own)
  const groups: Record<string, string> = {
    all: t`All of these hold`,
    any: t`Any of these holds`,
    not: t`This does not hold`,
  }
  return (
    <li style={{ '--sg-depth': step.depth } as CSSProperties}>
      {step.holds ? (
        <IconCheck size={18} className="sg-yes" aria-label={t`It is so`} />
      ) : (
        <IconX size={18} className="sg-no" aria-label={t`It is not so`} />
      )}
      <div>
        <Text size="sm" fw={540}>
          {leaf ? words(leaf) : groups[step.group ?? 'all']}
        </Text>
        {leaf && <Text size="sm" c="dimmed">{t`Here it is: ${told}`}</Text>}
      </div>
    </li>
  )
}

/** The record's own value of a field, in words. */
function useOwnText(kind: CustomerKind): (field: string, own: unknown) => string {
  const format = useFormat()
  const told = useToldChanges()
  const named = [...usePipelines(), ...useTeams()]
  return (field, own) => {
    const values = Array.isArray(own) ? (own as unknown[]) : [own]
    const names = values.map((one) => named.find(({ id }) => id === one)?.name)
    if (values.length > 0 && names.every((name) => name !== undefined)) return names.join(', ')
    if (isAmount(field) && typeof own === 'string') return format.number(own)
    return told({ [field]: [null, own] }, kind)[0]?.after ?? '—'
  }
}
