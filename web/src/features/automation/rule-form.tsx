import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheckbox, IconForms, IconMail, IconUserCheck, IconWebhook } from '@tabler/icons-react'
import type { QuoteStep } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { ApiError } from '@/shared/api/http'
import { useDraftForm } from '@/shared/lib/form'
import { useCustomFields } from '@/shared/custom-fields'
import { useMay, usePipelines } from '@/shared/reference'
import { DraftNotice, FormFooter, FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { Section } from '@/ui/page'
import { AskedFields } from './asked-fields'
import { useRuleCheck } from './rule-check'
import { fieldOf, newStep, type RuleValues, type StepValues } from './rule-model'
import { QUOTE_STEPS } from './rule-words'
import { StepFields } from './step-fields'

const ENTERED = 'entered'

const isStep = (what: string): what is QuoteStep => what in QUOTE_STEPS

type Props = {
  draft: string
  initial: RuleValues
  verb: string
  busy: boolean
  /** The version of the rule `initial` is of; absent for a new one. */
  version?: number
  /** `began`: the version that was shown when editing began, so that no later one is overwritten. */
  onSave: (values: RuleValues, once: RequestInit, began: number | undefined) => Promise<unknown>
  onCancel: () => void
}

/** When, on what condition, and what then: a rule from top to bottom. */
export function RuleForm({ draft, initial, version, verb, busy, onSave, onCancel }: Props) {
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const pipelines = usePipelines()
  const mayEdit = useMay('automation.rule', 'edit')
  const hasFields = useCustomFields('deal').length > 0
  const check = useRuleCheck()
  const kept = useDraftForm<RuleValues>({
    draft,
    initial,
    ...(version !== undefined && { version }),
    validate: check,
    fields: fieldOf,
  })
  const { form, field, problem, refuse } = kept
  const { values } = form
  const stages = pipelines.find((one) => one.id === values.pipeline_id)?.stages ?? []

  async function send(sent: RuleValues) {
    try {
      await onSave(sent, kept.once(), kept.began)
      kept.discard()
    } catch (error) {
      const stale = error instanceof ApiError && error.code === 'stale'
      refuse(error, stale ? explain(error) : undefined)
    }
  }

  const add = (type: StepValues['type']) => form.insertListItem('steps', newStep(type))
  return (
    <form onSubmit={form.onSubmit((sent) => void send(sent))} noValidate>
      <fieldset className="rf" disabled={!mayEdit}>
        <Stack gap="md">
          <DraftNotice shown={kept.restored} onDiscard={kept.restart} />
          <FormProblem>{problem}</FormProblem>
          <Section title={t`When`}>
            <Stack gap="sm">
              <TextInput
                label={t`Name of the rule`}
                withAsterisk
                maxLength={200}
                {...form.getInputProps('name')}
              />
              <Select
                label={t`What happens`}
                allowDeselect={false}
                data={[
                  { value: ENTERED, label: t`A deal enters the stage` },
                  ...Object.entries(QUOTE_STEPS).map(([value, told]) => ({
                    value,
                    label: i18n._(told),
                  })),
                ]}
                value={values.quote ?? ENTERED}
                onChange={(what) => {
                  const quote = what !== null && isStep(what) ? what : null
                  const first = pipelines[0]
                  form.setValues({
                    quote,
                    ...(!quote &&
                      !values.stage_id && {
                        pipeline_id: first?.id ?? '',
                        stage_id: first?.stages[0]?.id ?? '',
                      }),
                  })
                }}
              />
              <SimpleGrid
                cols={{ base: 1, xs: 2 }}
                spacing="sm"
                display={values.quote ? 'none' : undefined}
              >
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
                  data={stages.map((stage) => ({ value: stage.id, label: stage.name }))}
                  {...form.getInputProps('stage_id')}
                />
              </SimpleGrid>
              {values.other ? (
                <Group justify="space-between">
                  <Text size="sm">{t`Only deals that fulfil a condition set through the API.`}</Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => form.setFieldValue('other', null)}
                  >
                    {t`Replace the condition`}
                  </Button>
                </Group>
              ) : (
                <Group gap={8} align="flex-start" wrap="nowrap">
                  <MoneyInput
                    flex={1}
                    label={t`Only with a sum over`}
                    description={t`Leave it empty for any sum`}
                    currency={values.currency}
                    {...field('over')}
                  />
                </Group>
              )}
              {!values.other && hasFields && <AskedFields form={form} fixed={!mayEdit} />}
            </Stack>
          </Section>
          <Section title={t`Then`}>
            <Stack gap="sm">
              {values.steps.map((step, index) => (
                <StepFields
                  // oxlint-disable-next-line react/no-array-index-key -- a step is its place
                  key={`${index}-${step.type}`}
                  form={form}
                  step={step}
                  index={index}
                  fixed={!mayEdit || values.steps.length === 1}
                />
              ))}
              {mayEdit && (
                <Group gap={8}>
                  <Button
                    variant="default"
                    leftSection={<IconMail size={16} />}
                    onClick={() => add('send-letter')}
                  >
                    {t`Send a letter`}
                  </Button>
                  <Button
                    variant="default"
                    leftSection={<IconCheckbox size={16} />}
                    onClick={() => add('add-task')}
                  >
                    {t`Create a task`}
                  </Button>
                  <Button
                    variant="default"
                    leftSection={<IconWebhook size={16} />}
                    onClick={() => add('call-webhook')}
                  >
                    {t`Call a webhook`}
                  </Button>
                  {hasFields && (
                    <Button
                      variant="default"
                      leftSection={<IconForms size={16} />}
                      disabled={values.steps.some((step) => step.type === 'set-fields')}
                      onClick={() => add('set-fields')}
                    >
                      {t`Set fields of the deal`}
                    </Button>
                  )}
                  <Button
                    variant="default"
                    leftSection={<IconUserCheck size={16} />}
                    disabled={values.steps.some((step) => step.type === 'assign')}
                    onClick={() => add('assign')}
                  >
                    {t`Give the deal to somebody`}
                  </Button>
                </Group>
              )}
            </Stack>
          </Section>
          {mayEdit && <FormFooter verb={verb} busy={busy} onCancel={onCancel} />}
        </Stack>
      </fieldset>
    </form>
  )
}
