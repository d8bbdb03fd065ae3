import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Effect, Run } from '@/shared/api/generated/model'
import { NAMED_AS } from '@/shared/custom-fields'
import { rowsOf } from '@/shared/lib/list'
import { nameQuery, useMay } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { RelativeTime } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useRunAgain } from './changes'
import { useFailureWords } from './failure-words'
import { runsQuery } from './queries'
import './automation.css'

/** What rules did: each run with the state of its steps; a failed step can be run again. */
export function Runs({ ruleId }: { ruleId?: string }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(runsQuery(ruleId ? { rule_id: ruleId } : {}))
  const runs = rowsOf(source.data)
  if (source.error && !source.data)
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  if (source.isPending) return <ListSkeleton rows={3} height={64} />
  if (runs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {ruleId ? t`This rule has not run yet.` : t`No rule has run yet.`}
      </Text>
    )
  return (
    <div>
      {runs.map((run) => (
        <RunRow key={run.id} run={run} named={!ruleId} />
      ))}
      <ShowMore source={source} />
    </div>
  )
}

const PAGES = { deal: '/deals/$id', company: '/companies/$id', person: '/people/$id' } as const

type RowProps = { run: Run; named: boolean }

function RunRow({ run, named }: RowProps) {
  const { t } = useLingui()
  const { data: title } = useQuery(nameQuery(NAMED_AS[run.about], run.record_id))
  const words = useFailureWords()
  const untitled = { deal: t`Deal`, company: t`Company`, person: t`Person` }[run.about]
  return (
    <article className="rn" data-run={run.id}>
      <div className="rn-head">
        <Link to={PAGES[run.about]} params={{ id: run.record_id }} className="g-link">
          {title ?? untitled}
        </Link>
        <span>
          {named && `${run.rule_name} · `}
          <RelativeTime at={run.at} />
        </span>
      </div>
      {run.refused && <div className="rn-error">{words.refused()}</div>}
      <ul>
        {run.effects
          .toSorted((a, b) => a.step - b.step)
          .map((effect) => (
            <EffectRow key={effect.id} effect={effect} />
          ))}
      </ul>
    </article>
  )
}

function EffectRow({ effect }: { effect: Effect }) {
  const { t } = useLingui()
  const words = useFailureWords()
  const again = useRunAgain()
  const mayEdit = useMay('automation.rule', 'edit')
  const steps: Record<string, string> = {
    'send-letter': t`Letter`,
    'add-task': t`Task`,
    'call-webhook': t`Webhook`,
    'set-fields': t`Fields`,
    'set-tags': t`Tags`,
    assign: t`Owner`,
  }
  return (
    <li>
      <span>{steps[effect.type] ?? effect.type}</span>
      {effect.state === 'done' && <Tag tone="teal">{t({ message: 'Done', context: 'step' })}</Tag>}
      {effect.state === 'waiting' && (
        <Tag tone="blue">{t({ message: 'Under way', context: 'step' })}</Tag>
      )}
      {effect.state === 'failed' && (
        <Tag tone="red">{t({ message: 'Failed', context: 'step' })}</Tag>
      )}
      {effect.state === 'failed' && mayEdit && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconRefresh size={13} />}
          loading={again.isPending}
          onClick={() => again.mutate(effect.id)}
        >
          {t`Run again`}
        </Button>
      )}
      {effect.error && <span className="rn-error">{words.step(effect)}</span>}
    </li>
  )
}
