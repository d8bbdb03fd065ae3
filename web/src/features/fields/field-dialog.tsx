import {
  ActionIcon,
  Button,
  Checkbox,
  Modal,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconArchive, IconArchiveOff, IconPlus, IconX } from '@tabler/icons-react'
import type { CustomField, CustomType, OptionDraft } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { CustomInput } from '@/ui/custom-input'
import { EntryForm } from '@/ui/form-parts'
import { useFocusBack } from '@/ui/use-focus-back'
import { useAddField, useChangeField } from './changes'
import { isChosen, TYPES } from './types'

type Props = {
  /** Absent for a new one. */
  field?: CustomField
  onClose: () => void
}

export function FieldDialog({ field, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={field ? field.name : t`New field`}>
      <FieldForm {...(field && { field })} onClose={onClose} />
    </Modal>
  )
}

const TYPE_NAMES = Object.keys(TYPES) as CustomType[]

function FieldForm({ field, onClose }: Props) {
  const { t, i18n } = useLingui()
  const add = useAddField()
  const change = useChangeField()
  const initial = {
    name: field?.name ?? '',
    type: (field?.type ?? 'text') as CustomType,
    help: field?.help ?? '',
    options: (field?.options ?? []) as OptionDraft[],
    required: field?.required ?? false,
    default: (field?.default ?? null) as unknown,
  }
  const kept = useDraftForm({
    draft: field ? `field.${field.id}` : 'field.new',
    initial,
    ...(field && { version: field.version }),
    validate: (values) => ({
      name: values.name.trim() ? null : t`Name the field`,
      options:
        isChosen(values.type) && !values.options.some((option) => option.name.trim())
          ? t`Add at least one option`
          : null,
    }),
  })
  const { form, once, began, refuse, discard } = kept
  const { values } = form

  async function send() {
    const options = isChosen(values.type)
      ? keyed(values.options.filter((option) => option.name.trim()))
      : []
    const told = {
      name: values.name,
      help: values.help || null,
      required: values.required,
      default: values.default,
      options,
    }
    try {
      if (field) {
        const sent = { ...told, version: began ?? field.version }
        await change.mutateAsync({ id: field.id, values: sent, once: once() })
      } else {
        await add.mutateAsync({ values: { ...told, type: values.type }, once: once() })
      }
      discard()
      onClose()
    } catch (error) {
      refuse(error)
    }
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit(() => void send())}
      verb={field ? t`Save` : t`Add`}
      busy={add.isPending || change.isPending}
      onCancel={onClose}
    >
      <TextInput
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <Select
        label={t`Type`}
        description={field ? t`Records have values of it: it stays.` : undefined}
        disabled={field !== undefined}
        allowDeselect={false}
        data={TYPE_NAMES.map((type) => ({ value: type, label: i18n._(TYPES[type]) }))}
        {...form.getInputProps('type')}
        onChange={(type) => form.setValues({ type: type as CustomType, default: null })}
      />
      {isChosen(values.type) && (
        <Options
          options={values.options}
          taken={field?.options.map((option) => option.key) ?? []}
          error={form.errors['options']}
          onChange={(options) => form.setFieldValue('options', options)}
        />
      )}
      <Textarea
        label={t`Help`}
        description={t`Stands below the field where it is filled in.`}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={1000}
        {...form.getInputProps('help')}
      />
      <CustomInput
        field={{
          ...NEW,
          name: t`Value of new records`,
          type: values.type,
          options: keyed(values.options).map(({ key, name, archived = false }) => ({
            key,
            name,
            archived,
          })),
        }}
        value={values.default}
        onChange={(value) => form.setFieldValue('default', value)}
        error={form.errors['default']}
      />
      <Checkbox
        label={t`Required`}
        description={t`Nobody creates a record without it, or empties it.`}
        {...form.getInputProps('required', { type: 'checkbox' })}
      />
    </EntryForm>
  )
}

const NEW: CustomField = {
  id: '',
  of: 'deal',
  key: 'default',
  name: '',
  type: 'text',
  help: null,
  options: [],
  required: false,
  default: null,
  position: 0,
  archived: false,
  version: 1,
}

/** Each with a key: those that have none are called by their place. */
function keyed(options: readonly OptionDraft[]): OptionDraft[] {
  const keys = new Set(options.map((option) => option.key).filter(Boolean))
  let number = 1
  return options.map((option) => {
    if (option.key) return option
    while (keys.has(`option_${number}`)) number += 1
    keys.add(`option_${number}`)
    return { ...option, key: `option_${number}` }
  })
}

type OptionsProps = {
  options: readonly OptionDraft[]
  /** Keys that records may have: such an option is put away and never left out. */
  taken: readonly string[]
  error: React.ReactNode
  onChange: (options: OptionDraft[]) => void
}

function Options({ options, taken, error, onChange }: OptionsProps) {
  const { t } = useLingui()
  const put = (place: number, option: OptionDraft) =>
    onChange(options.map((one, at) => (at === place ? option : one)))
  return (
    <Stack gap={6} role="group" aria-label={t`Options`}>
      <Text size="sm" fw={500}>{t`Options`}</Text>
      {options.map((option, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- new options have no keys yet
        <div key={place} className="cf-option">
          <TextInput
            aria-label={t`Option ${place + 1}`}
            maxLength={200}
            value={option.name}
            {...(option.archived && { description: t`Put away` })}
            onChange={(event) => put(place, { ...option, name: event.currentTarget.value })}
          />
          {taken.includes(option.key) ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={
                option.archived ? t`Use again: ${option.name}` : t`Put away: ${option.name}`
              }
              onClick={() => put(place, { ...option, archived: !option.archived })}
            >
              {option.archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
            </ActionIcon>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t`Leave out: ${option.name}`}
              onClick={() => onChange(options.filter((_, at) => at !== place))}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </div>
      ))}
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'start' }}
        onClick={() => onChange([...options, { key: '', name: '' }])}
      >
        {t`Add an option`}
      </Button>
    </Stack>
  )
}
