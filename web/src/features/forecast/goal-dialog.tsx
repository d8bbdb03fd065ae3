import { Modal, NumberInput, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Goal } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { useEntryProblems } from '@/ui/entry-problems'
import { Failure } from '@/ui/failure'
import { FormFooter, FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { goalsQuery, useSetGoal } from './queries'

/** Whose goal, and of which month. */
export type GoalOf = { month: string; name: string; user_id?: string; team_id?: string }

/** What somebody, or a team, is to win in a month. */
export function GoalDialog({ of, onClose }: { of: GoalOf; onClose: () => void }) {
  const { t } = useLingui()
  const format = useFormat()
  useFocusBack()
  const { data, error, refetch } = useQuery({ ...goalsQuery(of.month), staleTime: 0, gcTime: 0 })
  const goal = data?.find((one) =>
    of.user_id ? one.user_id === of.user_id : one.team_id === of.team_id,
  )
  const month = format.fullMonth(of.month)
  return (
    <Modal opened onClose={onClose} title={t`Goal of ${of.name}, ${month}`}>
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Form of={of} goal={goal} onDone={onClose} />
      ) : (
        <ListSkeleton rows={2} />
      )}
    </Modal>
  )
}

type FormProps = { of: GoalOf; goal: Goal | undefined; onDone: () => void }

function Form({ of, goal, onDone }: FormProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const problems = useEntryProblems()
  const { base_currency } = useMe()
  const save = useSetGoal()
  const currency = goal?.worth?.currency ?? base_currency
  const [amount, setAmount] = useState(goal?.worth?.amount ?? '')
  const [deals, setDeals] = useState<number | string>(goal?.deals ?? '')
  const wrong = problems.sum(amount)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (wrong) return
    const { month, user_id, team_id } = of
    save.mutate(
      {
        month,
        user_id: user_id ?? null,
        team_id: team_id ?? null,
        worth: amount ? { amount, currency } : null,
        deals: deals === '' ? null : Number(deals),
        version: goal?.version ?? null,
      },
      {
        onSuccess: () => {
          notifications.show({ message: t`The goal is set.` })
          onDone()
        },
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormProblem>{save.error && problemText(save.error)}</FormProblem>
        <MoneyInput
          label={t`Sum of won deals`}
          description={t`Without a sum and a number of deals there is no goal`}
          currency={currency}
          value={amount}
          error={wrong}
          onChange={setAmount}
        />
        <NumberInput
          label={t`Number of won deals`}
          hideControls
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={deals}
          onChange={setDeals}
        />
        <FormFooter verb={t`Save`} busy={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
