import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconArrowRight } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState, type ReactNode } from 'react'
import type { Deal, Pipeline, Stage } from '@/shared/api/generated/model'
import { moveDeal } from '@/shared/api/generated/sales'
import { useProblemText } from '@/shared/i18n/problems'
import { Dot, type Tone } from '@/ui/tag'
import { putDeal, refreshNumbers } from './cache'
import { currentOf } from './changes'
import { LoseDialog } from './lose-dialog'

type Asked = { deals: readonly Deal[]; stage: Stage; onDone: () => void }

/** So many are on their way at once. */
const AT_ONCE = 4

/**
 * Chosen deals moved to a stage, each by itself as if dragged: one that is refused stays where it
 * is, and why is told. `dialog` asks once why they were lost.
 */
export function useMoveMany(pipeline: Pipeline) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [asked, setAsked] = useState<Asked>()
  const [busy, setBusy] = useState(false)

  const go = useCallback(
    async ({ deals, stage, onDone }: Asked, reason?: string, lostTo?: string) => {
      setBusy(true)
      const waiting = deals.filter((deal) => deal.stage_id !== stage.id)
      const refused: string[] = []
      let moved = 0
      async function work() {
        for (let deal = waiting.pop(); deal; deal = waiting.pop()) {
          try {
            // oxlint-disable-next-line no-await-in-loop -- a few at once, not all of them
            const now = await moveDeal(deal.id, {
              stage_id: stage.id,
              version: deal.version,
              ...(reason && { lost_reason: reason }),
              ...(lostTo && { lost_to: lostTo }),
            })
            putDeal(queries, now)
            moved += 1
          } catch (error) {
            const current = currentOf(error)
            if (current) putDeal(queries, current)
            refused.push(`${deal.title}: ${problemText(error)}`)
          }
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      setBusy(false)
      void refreshNumbers(queries)
      const told = plural(moved, { one: '# deal was moved', other: '# deals were moved' })
      notifications.show({
        ...(refused.length > 0 && { color: 'red' }),
        title: told,
        message: refused.slice(0, 5).join('\n'),
      })
      onDone()
    },
    [queries, problemText],
  )
  const move = useCallback(
    (deals: readonly Deal[], stage: Stage, onDone: () => void) => {
      if (stage.kind === 'lost') setAsked({ deals, stage, onDone })
      else void go({ deals, stage, onDone })
    },
    [go],
  )
  const count = asked?.deals.length ?? 0
  const dialog: ReactNode = asked && (
    <LoseDialog
      draft="deals.lost_reason"
      title={plural(count, { one: '# deal', other: '# deals' })}
      reasons={pipeline.lost_reasons}
      needed={pipeline.reason_needed}
      onClose={() => setAsked(undefined)}
      onLose={(reason, lostTo) => {
        setAsked(undefined)
        void go(asked, reason, lostTo)
      }}
    />
  )
  const menu = (deals: readonly Deal[], onDone: () => void) => (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          loading={busy}
          leftSection={<IconArrowRight size={14} />}
        >
          {t`Move to…`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {pipeline.stages.map((stage) => (
          <Menu.Item
            key={stage.id}
            leftSection={<Dot tone={stage.tone as Tone} />}
            onClick={() => move(deals, stage, onDone)}
          >
            {stage.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
  return { move, menu, dialog }
}
