import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import {
  IconCheckbox,
  IconForms,
  IconMail,
  IconTags,
  IconUserCheck,
  IconWebhook,
} from '@tabler/icons-react'
import { useExplain } from '@/shared/changes'
import { ApiError } from '@/shared/api/http'
import { useDraftForm } from '@/shared/lib/form'
import { useCustomFields } from '@/shared/custom-fields'
import { useMay } from '@/shared/reference'
import { DraftNotice, FormFooter, FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { Section } from '@/ui/page'
import { aboutOf, WORDS } from './about'
import { AskedFields } from './asked-fields'
import { useRuleCheck } from './rule-check'
import { fieldOf, newStep, type RuleValues, type StepValues } from './rule-model'
import { StepFields } from './step-fields'
import { TriggerFields } from './trigger-fields'

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
  const mayEdit = useMay('automation.rule', 'edit')
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
  const about = aboutOf(values.happens)
  const hasFields = useCustomFields(about).length > 0

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
              <TriggerFields form={form} />
              {values.other ? (
                <Group justify="space-between">
                  <Text size="sm">
                    {about === 'deal'
                      ? t`Only deals that fulfil a condition set through the API.`
                      : t`Only those that fulfil a condition set through the API.`}
                  </Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => form.setFieldValue('other', null)}
                  >
                    {t`Replace the condition`}
                  </Button>
                </Group>
              ) : about !== 'deal' ? (
                <FormProblem>{form.errors['over']}</FormProblem>
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
              {!values.other && <AskedFields form={form} fixed={!mayEdit} />}
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
                      {i18n._(WORDS[about].sets)}
                    </Button>
                  )}
                  {about !== 'deal' && (
                    <Button
                      variant="default"
                      leftSection={<IconTags size={16} />}
                      disabled={values.steps.some((step) => step.type === 'set-tags')}
                      onClick={() => add('set-tags')}
                    >
                      {t`Change tags`}
                    </Button>
                  )}
                  <Button
                    variant="default"
                    leftSection={<IconUserCheck size={16} />}
                    disabled={values.steps.some((step) => step.type === 'assign')}
                    onClick={() => add('assign')}
                  >
                    {i18n._(WORDS[about].gives)}
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
