import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Text } from '@mantine/core'
import type { StageStay } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { stageOf, usePipelines } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { useNow } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Dot, type Tone } from '@/ui/tag'
import { staysQuery } from './queries'
import './stage-stays.css'

const DAY = 86_400_000

/** The stages a deal has been in, and for how long: nobody can change it. */
export function StageStays({ id, version }: { id: string; version: number }) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(staysQuery(id, version))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={3} />
  if (data.length === 0) return <Text size="sm" c="dimmed">{t`Nothing is known yet.`}</Text>
  return (
    <ol className="fs">
      {data.map((stay) => (
        <Stay key={stay.entered} stay={stay} />
      ))}
    </ol>
  )
}

function Stay({ stay }: { stay: StageStay }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useNow()
  const stage = stageOf(usePipelines(), stay.stage_id)
  const until = stay.left ? new Date(stay.left).getTime() : now
  const days = (until - new Date(stay.entered).getTime()) / DAY
  const whole = Math.floor(days)
  const entered = format.date(stay.entered)
  return (
    <li data-now={stay.left === null || undefined}>
      <Dot tone={(stage?.tone ?? 'neutral') as Tone} />
      <span className="fs-name">{stage?.name ?? t`A stage that is gone`}</span>
      <span className="fs-quiet g-num">
        {stay.left ? `${entered} – ${format.date(stay.left)}` : t`since ${entered}`}
      </span>
      <span className="fs-time g-num">{days < 1 ? t`less than a day` : t`${whole} d.`}</span>
    </li>
  )
}
