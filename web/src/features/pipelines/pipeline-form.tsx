import './pipelines.css'
import { Button, Checkbox, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import type { StageDraft } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { DraftNotice, FormFooter, FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { StageRow } from './stage-row'
import { newStage, shifted, without } from './stages'

export type PipelineValues = {
  name: string
  lost_reasons: string[]
  reason_needed: boolean
  stages: StageDraft[]
}

type Props = {
  draft: string
  initial: PipelineValues
  version?: number
  verb: string
  busy: boolean
  onSave: (values: PipelineValues, once: RequestInit, began: number | undefined) => Promise<unknown>
  onCancel: () => void
}

/** A pipeline: its name, its stages in their order, and what is asked when a deal is lost. */
export function PipelineForm({ draft, initial, version, ...rest }: Props) {
  const { t } = useLingui()
  const kept = useDraftForm<PipelineValues>({
    draft,
    initial,
    ...(version !== undefined && { version }),
    validate: (values) => ({
      name: values.name.trim() ? null : t`Name the pipeline`,
      stages: values.stages.every((stage) => stage.name.trim()) ? null : t`Name every stage`,
    }),
  })
  const { form, problem, refuse } = kept
  const { stages } = form.values
  const put = (next: StageDraft[]) => form.setFieldValue('stages', next)

  async function send(sent: PipelineValues) {
    try {
      await rest.onSave(sent, kept.once(), kept.began)
      kept.discard()
    } catch (error) {
      refuse(error)
    }
  }

  return (
    <form onSubmit={form.onSubmit((sent) => void send(sent))} noValidate>
      <Stack gap="md">
        <DraftNotice shown={kept.restored} onDiscard={kept.restart} />
        <FormProblem>{problem ?? form.errors['stages']}</FormProblem>
        <Section title={t`What it is called`}>
          <TextInput
            label={t`Name`}
            withAsterisk
            maxLength={200}
            maw={480}
            {...form.getInputProps('name')}
          />
        </Section>
        <Section
          title={t`Stages`}
          actions={
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              onClick={() => {
                const end = stages.findIndex((stage) => stage.kind !== 'open')
                put([...stages.slice(0, end), newStage({ name: '' }), ...stages.slice(end)])
              }}
            >
              {t`Add a stage`}
            </Button>
          }
        >
          <Text size="sm" c="dimmed" mb="xs">
            {t`Deals pass them from above. What a stage asks for, a deal must have before it comes in.`}
          </Text>
          <ol className="pl-edit">
            {stages.map((stage, place) => (
              <StageRow
                key={stage.id}
                stage={stage}
                place={place}
                stages={stages}
                onChange={(next) => put(stages.map((one, at) => (at === place ? next : one)))}
                onShift={(by) => put(shifted(stages, place, by))}
                onRemove={() => put(without(stages, stage.id ?? ''))}
              />
            ))}
          </ol>
        </Section>
        <Section title={t`When a deal is lost`}>
          <Stack gap="sm" maw={480}>
            <TagsInput
              label={t`Reasons to choose from`}
              description={t`Press Enter after each. Without any, the usual ones are offered.`}
              maxTags={50}
              {...form.getInputProps('lost_reasons')}
            />
            <Checkbox
              label={t`A deal is lost with a reason only`}
              {...form.getInputProps('reason_needed', { type: 'checkbox' })}
            />
          </Stack>
        </Section>
        <FormFooter verb={rest.verb} busy={rest.busy} onCancel={rest.onCancel} />
      </Stack>
    </form>
  )
}
