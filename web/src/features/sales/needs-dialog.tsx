import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { Deal, DealChange, Stage } from '@/shared/api/generated/model'
import { isEmpty, nameOf, useCustomFields, type CustomValues } from '@/shared/custom-fields'
import { useDraftForm } from '@/shared/lib/form'
import { useMe } from '@/shared/reference'
import { missing, useNeedNames } from '@/shared/stage-needs'
import { CustomInput } from '@/ui/custom-input'
import { DateField } from '@/ui/date-field'
import { useEntryProblems } from '@/ui/entry-problems'
import { Description, EntryForm } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { useFocusBack } from '@/ui/use-focus-back'
import { useChangeDeal } from './changes'

type Props = {
  deal: Deal
  stage: Stage
  /** The deal has now what the stage asks for. */
  onFilled: (deal: Deal) => void
  onClose: () => void
}

const HERE = new Set(['worth', 'expected_on', 'about'])
const isTypedHere = (need: string) => HERE.has(need) || need.startsWith('custom.')

/** What a stage asks for and the deal has not: filled in here, or on the page of the deal. */
export function NeedsDialog({ deal, stage, onFilled, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const names = useNeedNames()
  const { name } = stage
  const needs = missing(deal, stage)
  const elsewhere = needs.filter((need) => !isTypedHere(need))
  return (
    <Modal opened onClose={onClose} title={t`“${name}” asks for more`}>
      {elsewhere.length > 0 ? (
        <Stack gap="sm">
          <Text size="sm">{t`Before the deal goes there, it needs:`}</Text>
          <ul className="dl-needs">
            {names(needs).map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t`Cancel`}
            </Button>
            <Button
              data-autofocus
              renderRoot={(props) => (
                <Link {...props} to="/deals/$id" params={{ id: deal.id }} onClick={onClose} />
              )}
            >
              {t`Open the deal`}
            </Button>
          </Group>
        </Stack>
      ) : (
        <NeedsForm deal={deal} needs={needs} onFilled={onFilled} onClose={onClose} />
      )}
    </Modal>
  )
}

type FormProps = Omit<Props, 'stage'> & { needs: readonly string[] }

function NeedsForm({ deal, needs, onFilled, onClose }: FormProps) {
  const { t } = useLingui()
  const { base_currency } = useMe()
  const problems = useEntryProblems()
  const change = useChangeDeal(deal.id)
  const added = useCustomFields('deal').filter((field) => needs.includes(nameOf(field)))
  const words = t`Fill this in`
  const initial = {
    amount: '',
    expected_on: null as string | null,
    about: '',
    custom: {} as CustomValues,
  }
  const asks = (name: string) => needs.includes(name)
  const kept = useDraftForm({
    draft: `deal.${deal.id}.needs`,
    initial,
    version: deal.version,
    fields: { worth: 'amount' },
    validate: (values) => ({
      amount: asks('worth') ? problems.sum(values.amount) || (values.amount ? null : words) : null,
      expected_on: asks('expected_on')
        ? problems.day(values.expected_on) || (values.expected_on ? null : words)
        : null,
      about: asks('about') && !values.about.trim() ? words : null,
      ...Object.fromEntries(
        added.map((field) => [nameOf(field), isEmpty(values.custom[field.key]) ? words : null]),
      ),
    }),
  })
  const { form, field, refuse, discard } = kept

  function send(values: typeof initial) {
    const told: DealChange = { version: kept.began ?? deal.version }
    if (asks('worth')) told.worth = { amount: values.amount, currency: base_currency }
    if (asks('expected_on')) told.expected_on = values.expected_on
    if (asks('about')) told.about = values.about
    if (added.length > 0) told.custom = values.custom as NonNullable<DealChange['custom']>
    change.mutate(told, {
      onSuccess: (filled) => {
        discard()
        onFilled(filled)
      },
      onError: (error) => refuse(error),
    })
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(send)}
      verb={t`Save and move`}
      busy={change.isPending}
      onCancel={onClose}
    >
      {asks('worth') && (
        <MoneyInput
          data-autofocus
          label={t`Sum`}
          withAsterisk
          currency={base_currency}
          {...field('amount')}
        />
      )}
      {asks('expected_on') && (
        <DateField withAsterisk label={t`Expected on`} {...field('expected_on')} />
      )}
      {added.map((one) => (
        <CustomInput
          key={one.key}
          field={{ ...one, required: true }}
          value={form.values.custom[one.key] ?? null}
          onChange={(value) =>
            form.setFieldValue('custom', { ...form.values.custom, [one.key]: value })
          }
          error={form.errors[nameOf(one)]}
        />
      ))}
      {asks('about') && <Description withAsterisk {...form.getInputProps('about')} />}
    </EntryForm>
  )
}
