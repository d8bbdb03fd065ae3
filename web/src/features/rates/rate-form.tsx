import { Button, NumberInput, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { ApiError } from '@/shared/api/http'
import { fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMe } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { useSetRate } from './changes'

/** A rate told by hand: it holds from its day on, and replaces what was there for that day. */
export function RateForm({ day: shown }: { day: string }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const problems = useEntryProblems()
  const { base_currency: base } = useMe()
  const save = useSetRate()
  const [currency, setCurrency] = useState('')
  const [units, setUnits] = useState<number | string>(1)
  const [value, setValue] = useState('')
  const [day, setDay] = useState<string | null>(shown)
  const errors = save.error instanceof ApiError ? save.error.errors : []
  const wrong = (field: string) => {
    const found = errors.find((one) => one.field === field)
    return found && fieldText(i18n, found)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(
      { currency, units: Number(units), value, day: day ?? '' },
      {
        onSuccess: () => {
          notifications.show({ message: t`The rate holds from this day on.` })
          setCurrency('')
          setValue('')
        },
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <FormProblem>{save.error && errors.length === 0 && problemText(save.error)}</FormProblem>
      <div className="rt-form">
        <NumberInput
          label={t`Units`}
          min={1}
          max={1_000_000}
          hideControls
          value={units}
          error={wrong('units')}
          onChange={setUnits}
        />
        <TextInput
          label={t`Currency`}
          placeholder="USD"
          withAsterisk
          maxLength={3}
          value={currency}
          error={wrong('currency')}
          onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
        />
        <MoneyInput
          label={t`Worth in ${base}`}
          withAsterisk
          currency={base}
          value={value}
          error={wrong('value')}
          onChange={setValue}
        />
        <DateField
          label={t`From the day`}
          value={day}
          error={problems.day(day) ?? wrong('day')}
          onChange={setDay}
        />
        <Button type="submit" loading={save.isPending}>
          {t`Set the rate`}
        </Button>
      </div>
    </form>
  )
}
