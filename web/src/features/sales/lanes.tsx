import { useLingui } from '@lingui/react/macro'
import { IconChevronDown, IconChevronRight, IconLayoutKanban } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Lane, Pipeline } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useColleagues } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { PipelineBoard } from './pipeline-board'
import { lanesQuery, type BoardFilters } from './queries'

type Props = { pipeline: Pipeline; filters: BoardFilters }

/** So many are open at first. */
const OPEN = 2

/** A board for each owner, one under another; what is closed reads nothing. */
export function Lanes({ pipeline, filters }: Props) {
  const { data, error, refetch } = useQuery(lanesQuery(pipeline.id, filters))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={6} />
  if (!data.length) return <Nobody />
  return (
    <div className="dl-lanes">
      {data.map((lane, at) => (
        <OwnerLane
          key={lane.owner_id}
          lane={lane}
          pipeline={pipeline}
          filters={{ ...filters, owner_id: lane.owner_id }}
          opened={at < OPEN}
        />
      ))}
    </div>
  )
}

/** What was closed lately is on the board without lanes. */
function Nobody() {
  const { t } = useLingui()
  return <EmptyState icon={IconLayoutKanban} title={t`Nobody has open deals here`} />
}

type LaneProps = Props & { lane: Lane; opened: boolean }

function OwnerLane({ lane, opened, ...board }: LaneProps) {
  const { t } = useLingui()
  const format = useFormat()
  const people = useColleagues()
  const [open, setOpen] = useState(opened)
  const name = people.find((one) => one.id === lane.owner_id)?.name ?? t`Another person`
  const sums = lane.sums.map((sum) => format.money(sum)).join(' + ')
  const Arrow = open ? IconChevronDown : IconChevronRight
  return (
    <section className="dl-lane" aria-label={name}>
      <h2>
        <button
          type="button"
          className="dl-lane-head"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Arrow size={16} aria-hidden="true" />
          <span className="dl-lane-name">{name}</span>
          <span className="dl-lane-sums g-num" title={sums}>
            {format.number(lane.count)} · {sums || '—'}
          </span>
        </button>
      </h2>
      {open && (
        <div className="dl-lane-board">
          <PipelineBoard {...board} />
        </div>
      )}
    </section>
  )
}
