import { Checkbox, MultiSelect, NumberInput, SimpleGrid } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { StageDraft } from '@/shared/api/generated/model'
import { useNeeds } from '@/shared/stage-needs'

/** How many rules a stage has. */
export const rulesOf = (stage: StageDraft): number =>
  [stage.needs?.length, stage.leads_to, stage.hours, stage.rots_after].filter(Boolean).length

type Props = {
  stage: StageDraft
  stages: readonly StageDraft[]
  onChange: (stage: StageDraft) => void
}

const numberOf = (told: string | number): number | null =>
  told === '' || Number.isNaN(Number(told)) ? null : Number(told)

/** What a stage asks of deals, how long one may stay, where it goes on to. */
export function StageRules({ stage, stages, onChange }: Props) {
  const { t } = useLingui()
  const needs = useNeeds()
  const others = stages.filter((one) => one.id !== stage.id)
  const open = stage.kind === 'open'
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" className="pl-rules">
      <MultiSelect
        label={t`A deal that comes in has`}
        placeholder={stage.needs?.length ? undefined : t`Nothing special`}
        data={needs}
        value={stage.needs ?? []}
        onChange={(next) => onChange({ ...stage, needs: next })}
      />
      <div>
        <Checkbox
          label={t`It goes on to some stages only`}
          checked={stage.leads_to !== null && stage.leads_to !== undefined}
          mb={6}
          onChange={(event) =>
            onChange({
              ...stage,
              leads_to: event.currentTarget.checked ? others.map((one) => one.id ?? '') : null,
            })
          }
        />
        {stage.leads_to && (
          <MultiSelect
            aria-label={t`Stages it goes on to`}
            placeholder={stage.leads_to.length ? undefined : t`To none: it stays`}
            data={others.map((one) => ({ value: one.id ?? '', label: one.name || '…' }))}
            value={stage.leads_to}
            onChange={(next) => onChange({ ...stage, leads_to: next })}
          />
        )}
      </div>
      {open && (
        <>
          <NumberInput
            label={t`Working hours it may stay`}
            placeholder={t`As long as it takes`}
            min={1}
            max={2000}
            allowDecimal={false}
            value={stage.hours ?? ''}
            onChange={(told) => onChange({ ...stage, hours: numberOf(told) })}
          />
          <NumberInput
            label={t`Days until it is forgotten`}
            description={t`Nothing changed, and no step ahead`}
            placeholder={t`Never`}
            min={1}
            max={365}
            allowDecimal={false}
            value={stage.rots_after ?? ''}
            onChange={(told) => onChange({ ...stage, rots_after: numberOf(told) })}
          />
        </>
      )}
    </SimpleGrid>
  )
}
