import { MultiSelect, Select, SimpleGrid } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Happening, QuoteStep } from '@/shared/api/generated/model'
import { purposeName, purposesQuery } from '@/shared/consents'
import { usePipelines, useSegmentNames } from '@/shared/reference'
import { aboutOf, isChange, isConsent, isCrossing } from './about'
import { begunAnew, type RuleValues } from './rule-model'
import { HAPPENINGS, QUOTE_STEPS, useWatchable } from './rule-words'

const ENTERED = 'entered'

const isStep = (what: string): what is QuoteStep => what in QUOTE_STEPS
const happens = (what: string): what is Happening => what in HAPPENINGS

const OF_DEALS = [
  ...(['deal-opened', 'deal-changed', 'deal-given', 'deal-won', 'deal-lost'] as const),
  ...(['deal-late', 'deal-forgotten'] as const),
]
const OF_COMPANIES = [
  ...(['company-added', 'company-changed', 'company-given'] as const),
  ...(['company-entered-segment', 'company-left-segment'] as const),
]
const OF_PEOPLE = [
  ...(['person-added', 'person-changed', 'person-given'] as const),
  ...(['person-entered-segment', 'person-left-segment'] as const),
  ...(['consent-given', 'consent-withdrawn'] as const),
]
const TO_DO = ['task-done', 'task-late', 'meeting-planned', 'meeting-done'] as const

/** What a rule waits for. */
export function TriggerFields({ form }: { form: UseFormReturnType<RuleValues> }) {
  const { t, i18n } = useLingui()
  const pipelines = usePipelines()
  const { values } = form
  const about = aboutOf(values.happens)
  const watchable = useWatchable(about)
  const crossing = isCrossing(values.happens)
  const segments = useSegmentNames(crossing).filter(({ kind }) => kind === about)
  const consent = isConsent(values.happens)
  const { data: purposes = [] } = useQuery({ ...purposesQuery(), enabled: consent })
  const stages = pipelines.find((one) => one.id === values.pipeline_id)?.stages ?? []
  const told = (of: readonly Happening[]) =>
    of.map((value) => ({ value, label: i18n._(HAPPENINGS[value]) }))
  const stage = !values.quote && !values.happens
  return (
    <>
      <Select
        label={t`What happens`}
        allowDeselect={false}
        maxDropdownHeight={420}
        data={[
          {
            group: t`Deals`,
            items: [{ value: ENTERED, label: t`A deal enters the stage` }, ...told(OF_DEALS)],
          },
          {
            group: t`Quotes`,
            items: Object.entries(QUOTE_STEPS).map(([value, step]) => ({
              value,
              label: i18n._(step),
            })),
          },
          { group: t`Tasks and meetings`, items: told(TO_DO) },
          { group: t`Companies`, items: told(OF_COMPANIES) },
          { group: t`People`, items: told(OF_PEOPLE) },
        ]}
        value={values.quote ?? values.happens ?? ENTERED}
        onChange={(what) => {
          const entered = what === null || what === ENTERED
          const first = pipelines[0]
          const chosen = what !== null && happens(what) ? what : null
          form.setValues({
            ...begunAnew(values, aboutOf(chosen)),
            quote: what !== null && isStep(what) ? what : null,
            happens: chosen,
            ...(entered &&
              !values.stage_id && {
                pipeline_id: first?.id ?? '',
                stage_id: first?.stages[0]?.id ?? '',
              }),
          })
        }}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" display={stage ? undefined : 'none'}>
        <Select
          label={t`Pipeline`}
          allowDeselect={false}
          data={pipelines.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('pipeline_id')}
          onChange={(id) => {
            const first = pipelines.find((one) => one.id === id)?.stages[0]
            form.setValues({ pipeline_id: id ?? '', stage_id: first?.id ?? '' })
          }}
        />
        <Select
          label={t`Stage`}
          allowDeselect={false}
          data={stages.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('stage_id')}
        />
      </SimpleGrid>
      {crossing && (
        <Select
          label={t`Segment`}
          placeholder={t`Choose a segment`}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t`Nothing found`}
          data={segments.map((one) => ({ value: one.id, label: one.name }))}
          {...form.getInputProps('segment_id')}
          value={values.segment_id || null}
        />
      )}
      {consent && (
        <Select
          label={t({ message: 'Purpose', context: 'of a consent' })}
          description={t`Leave it empty for any purpose`}
          clearable
          data={purposes.map((one) => ({ value: one.id, label: purposeName(i18n, one) }))}
          {...form.getInputProps('purpose_id')}
          value={values.purpose_id || null}
          onChange={(id) => form.setFieldValue('purpose_id', id ?? '')}
        />
      )}
      {isChange(values.happens) && (
        <MultiSelect
          label={t`Only when one of these fields is changed`}
          description={t`Leave it empty for any field`}
          data={watchable}
          searchable
          clearable
          {...form.getInputProps('watches')}
        />
      )}
    </>
  )
}
