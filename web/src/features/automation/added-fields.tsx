import { ActionIcon, Group, Select, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { IconX } from '@tabler/icons-react'
import { isToldForMany, useCustomFields } from '@/shared/custom-fields'
import { CustomInput } from '@/ui/custom-input'
import { aboutOf, WORDS } from './about'
import type { RuleValues, StepValues } from './rule-model'

type Props = {
  form: UseFormReturnType<RuleValues>
  step: Extract<StepValues, { type: 'set-fields' }>
  at: string
}

/** Which added fields of the record get which values; one without a value is emptied. */
export function AddedFields({ form, step, at }: Props) {
  const { t, i18n } = useLingui()
  const about = aboutOf(form.values.happens)
  const fields = useCustomFields(about).filter((field) => isToldForMany(field) && !field.unique)
  const put = (custom: typeof step.custom) => {
    form.setFieldValue(`${at}.custom`, custom)
    form.clearFieldError(`${at}.custom`)
  }
  const left = fields.filter(({ key }) => !(key in step.custom))
  return (
    <Stack gap="sm">
      {fields
        .filter(({ key }) => key in step.custom)
        .map((field) => {
          const { key, name } = field
          return (
            <Group key={key} gap={4} align="flex-end" wrap="nowrap">
              <div style={{ flex: 1, minWidth: 0 }}>
                <CustomInput
                  field={{ ...field, required: false }}
                  value={step.custom[key] ?? null}
                  onChange={(value) => put({ ...step.custom, [key]: value === '' ? null : value })}
                  error={form.errors[`custom.${key}`]}
                />
              </div>
              <ActionIcon
                variant="subtle"
                color="gray"
                mb={4}
                aria-label={t`Leave out: ${name}`}
                onClick={() => {
                  const { [key]: _, ...rest } = step.custom
                  put(rest)
                }}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          )
        })}
      {left.length > 0 && (
        <Select
          label={i18n._(WORDS[about].set)}
          placeholder={t`Choose a field`}
          searchable
          nothingFoundMessage={t`Nothing found`}
          error={form.errors[`${at}.custom`]}
          data={left.map(({ key, name }) => ({ value: key, label: name }))}
          value={null}
          onChange={(key) => key && put({ ...step.custom, [key]: null })}
        />
      )}
    </Stack>
  )
}
