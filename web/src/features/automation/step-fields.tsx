import { ActionIcon, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import {
  IconCheckbox,
  IconForms,
  IconMail,
  IconTags,
  IconTrash,
  IconUserCheck,
  IconWebhook,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { TagsField } from '@/ui/labels'
import { aboutOf, WORDS } from './about'
import { AddedFields } from './added-fields'
import { AssignFields } from './assign-fields'
import { templatesQuery } from './queries'
import type { RuleValues, StepValues } from './rule-model'

type Props = {
  form: UseFormReturnType<RuleValues>
  step: StepValues
  index: number
  /** It stays: the rule is only read here, or it is the last step left, and a rule does something. */
  fixed: boolean
}

const ICONS = {
  'send-letter': IconMail,
  'add-task': IconCheckbox,
  'call-webhook': IconWebhook,
  'set-fields': IconForms,
  'set-tags': IconTags,
  assign: IconUserCheck,
}

/** One step of a rule: which letter, which task, or which address. */
export function StepFields({ form, step, index, fixed }: Props) {
  const { t, i18n } = useLingui()
  const about = aboutOf(form.values.happens)
  const words = WORDS[about]
  const { data: templates } = useQuery(templatesQuery())
  const at = `steps.${index}`
  const Icon = ICONS[step.type]
  const number = index + 1
  return (
    <div className="st" role="group" aria-label={t`Step ${number}`}>
      <span className="st-icon" aria-hidden="true">
        <Icon size={17} stroke={1.6} />
      </span>
      {step.type === 'send-letter' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label={t`Send the letter`}
            placeholder={t`Choose a template`}
            allowDeselect={false}
            data={(templates ?? []).map((one) => ({ value: one.id, label: one.name }))}
            {...form.getInputProps(`${at}.template_id`)}
          />
          <Select
            label={t({ message: 'To', context: 'letter' })}
            allowDeselect={false}
            data={[
              { value: 'contact', label: i18n._(words.letter) },
              { value: 'owner', label: i18n._(words.owner) },
            ]}
            {...form.getInputProps(`${at}.to`)}
          />
        </SimpleGrid>
      )}
      {step.type === 'add-task' && (
        <Stack gap="sm">
          <TextInput
            label={t`Create a task for the owner`}
            maxLength={200}
            {...form.getInputProps(`${at}.title`)}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <NumberInput
              label={t`Due in working hours`}
              min={0.25}
              max={2000}
              decimalScale={2}
              {...form.getInputProps(`${at}.hours`)}
              onChange={(hours) => form.setFieldValue(`${at}.hours`, String(hours))}
            />
            <TextInput label={t`Description`} {...form.getInputProps(`${at}.description`)} />
          </SimpleGrid>
        </Stack>
      )}
      {step.type === 'set-fields' && <AddedFields form={form} step={step} at={at} />}
      {step.type === 'set-tags' && about !== 'deal' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TagsField
            kind={about}
            label={t`Put on tags`}
            value={step.add}
            error={form.errors[`${at}.add`]}
            onChange={(tags) => form.setFieldValue(`${at}.add`, tags)}
          />
          <TagsField
            kind={about}
            label={t`Take off tags`}
            value={step.remove}
            onChange={(tags) => form.setFieldValue(`${at}.remove`, tags)}
          />
        </SimpleGrid>
      )}
      {step.type === 'assign' && <AssignFields form={form} step={step} at={at} />}
      {step.type === 'call-webhook' && (
        <TextInput
          type="url"
          label={t`Call the webhook`}
          placeholder="https://"
          maxLength={2000}
          {...form.getInputProps(`${at}.url`)}
        />
      )}
      {!fixed && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Remove step ${number}`}
          onClick={() => form.removeListItem('steps', index)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </div>
  )
}
