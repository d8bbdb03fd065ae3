import { Button, Group, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCalendarPlus } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { Deal, DealChange } from '@/shared/api/generated/model'
import { useRun } from '@/shared/commands'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay, useMe, useWithheld } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { OwnerSelect } from '@/ui/owner-select'
import { useChangeDeal } from './changes'

type Props = { deal: Deal; onDone: () => void }

/** A deal's sum, day and owner, and its next step, without leaving the board. */
export function QuickForm({ deal, onDone }: Props) {
  const { t } = useLingui()
  const run = useRun()
  const problemText = useProblemText()
  const problems = useEntryProblems()
  const { base_currency } = useMe()
  const mayAssign = useMay('sales.deal', 'assign')
  const mayTask = useMay('activities.task', 'create')
  const unwritten = useWithheld('sales.deal.edit')
  const may = (name: string) => !unwritten.includes(name) && !deal.hidden.includes(name)
  const save = useChangeDeal(deal.id)
  const currency = deal.worth?.currency ?? base_currency
  const [amount, setAmount] = useState(deal.worth?.amount ?? '')
  const [day, setDay] = useState(deal.expected_on)
  const [owner, setOwner] = useState<string | null>(deal.owner.id)
  const wrong = { sum: problems.sum(amount), day: problems.day(day) }
  function submit(event: FormEvent) {
    event.preventDefault()
    if (wrong.sum || wrong.day) return
    const change: DealChange = { version: deal.version }
    if (amount !== (deal.worth?.amount ?? '')) change.worth = amount ? { amount, currency } : null
    if (day !== deal.expected_on) change.expected_on = day
    if (owner && owner !== deal.owner.id) change.owner_id = owner
    if (Object.keys(change).length === 1) onDone()
    else save.mutate(change, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        <FormProblem>{save.error && problemText(save.error)}</FormProblem>
        {may('worth') && (
          <MoneyInput
            label={t`Sum`}
            autoFocus
            data-autofocus
            currency={currency}
            value={amount}
            error={wrong.sum}
            onChange={setAmount}
          />
        )}
        {may('expected_on') && (
          <DateField label={t`Expected on`} value={day} error={wrong.day} onChange={setDay} />
        )}
        {mayAssign && (
          <OwnerSelect label={t`Owner`} allowDeselect={false} value={owner} onChange={setOwner} />
        )}
        {mayTask && deal.kind === 'open' && (
          <Button
            variant="subtle"
            justify="start"
            leftSection={<IconCalendarPlus size={16} />}
            onClick={() => {
              onDone()
              run('tasks.create', { deal: { id: deal.id, name: deal.title } })
            }}
          >
            {t`Next step`}
          </Button>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t`Save`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
