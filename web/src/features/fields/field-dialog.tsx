import { Checkbox, Modal, MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { CustomField, CustomType, OptionDraft } from '@/shared/api/generated/model'
import type { CustomKind } from '@/shared/custom-fields'
import { useDraftForm } from '@/shared/lib/form'
import { usePipelines } from '@/shared/reference'
import { CustomInput } from '@/ui/custom-input'
import { EntryForm } from '@/ui/form-parts'
import { useFocusBack } from '@/ui/use-focus-back'
import { useAddField, useChangeField } from './changes'
import { keyed, Options } from './options'
import { FormulaInput } from './formula-input'
import { draftOf, firstRollUp, RollUpInput } from './roll-up-input'
import {
  BLANK,
  canBeUnique,
  FORMULA,
  hasDefault,
  isChosen,
  isMade,
  isListed,
  isSealed,
  LEADS_TO,
  LED_TO,
  ROLL_UP,
  SHAPE_NAMES,
  SHAPES,
  shapeOf,
  type Shape,
} from './types'

type Props = {
  kind: CustomKind
  /** Absent for a new one. */
  field?: CustomField
  onClose: () => void
}

export function FieldDialog({ kind, field, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={field ? field.name : t`New field`}>
      <FieldForm kind={kind} {...(field && { field })} onClose={onClose} />
    </Modal>
  )
}

function FieldForm({ kind, field, onClose }: Props) {
  const { t, i18n } = useLingui()
  const add = useAddField(kind)
  const change = useChangeField(kind)
  const pipelines = usePipelines()
  const initial = {
    name: field?.name ?? '',
    type: (field ? shapeOf(field) : 'text') as Shape,
    formula: field?.formula ?? '',
    roll_up: field?.roll_up ? draftOf(field.roll_up) : firstRollUp(kind),
    help: field?.help ?? '',
    options: (field?.options ?? []) as OptionDraft[],
    links_to: (field?.links_to ?? null) as CustomKind | null,
    required: field?.required ?? false,
    unique: field?.unique ?? false,
    indexed: field?.indexed ?? false,
    pipeline_ids: (field?.pipeline_ids ?? []) as string[],
    default: (field?.default ?? null) as unknown,
  }
  const kept = useDraftForm({
    draft: field ? `field.${field.id}` : `field.new.${kind}`,
    initial,
    ...(field && { version: field.version }),
    validate: (values) => ({
      name: values.name.trim() ? null : t`Name the field`,
      options:
        isChosen(values.type) && !values.options.some((option) => option.name.trim())
          ? t`Add at least one option`
          : null,
      formula: values.type === FORMULA && !values.formula.trim() ? t`Write the formula` : null,
      links_to: values.type === 'link' && !values.links_to ? t`Say what it leads to` : null,
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
      unique: values.unique && canBeUnique(values.type),
      indexed: values.indexed && isListed(values.type),
      pipeline_ids: values.pipeline_ids,
      default: values.default,
      options,
      ...(isMade(values.type) && { required: false, default: null }),
      ...(values.type === FORMULA && { formula: values.formula }),
      ...(values.type === ROLL_UP && { roll_up: values.roll_up, pipeline_ids: [] }),
    }
    try {
      if (field) {
        const sent = { ...told, version: began ?? field.version }
        await change.mutateAsync({ id: field.id, values: sent, once: once() })
      } else {
        const links_to = values.type === 'link' ? values.links_to : null
        const type = isMade(values.type) ? null : (values.type as CustomType)
        await add.mutateAsync({ values: { ...told, type, links_to }, once: once() })
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
        description={
          isSealed(values.type)
            ? t`Lists, files and the history say only that there is one. Who may see the field opens it one record at a time, which the audit tells. It stays so.`
            : field && isMade(values.type)
              ? t`The formula says what it is.`
              : undefined
        }
        disabled={field !== undefined}
        allowDeselect={false}
        data={SHAPE_NAMES.map((type) => ({ value: type, label: i18n._(SHAPES[type]) }))}
        {...form.getInputProps('type')}
        onChange={(type) => form.setValues({ type: type as Shape, default: null })}
      />
      {values.type === FORMULA && (
        <FormulaInput
          kind={kind}
          own={field?.key}
          value={values.formula}
          onChange={(formula) => form.setFieldValue('formula', formula)}
          error={form.errors['formula']}
        />
      )}
      {values.type === ROLL_UP && (
        <RollUpInput
          kind={kind}
          value={values.roll_up}
          onChange={(roll_up) => form.setFieldValue('roll_up', roll_up)}
          error={
            form.errors['roll_up'] ??
            form.errors['roll_up.of'] ??
            form.errors['roll_up.currency'] ??
            form.errors['roll_up.measure']
          }
        />
      )}
      {values.type === 'link' && (
        <Select
          label={t`Leads to`}
          withAsterisk
          disabled={field !== undefined}
          allowDeselect={false}
          data={LEADS_TO[kind].map((one) => ({ value: one, label: i18n._(LED_TO[one]) }))}
          {...form.getInputProps('links_to')}
        />
      )}
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
      {!values.unique && hasDefault(values.type) && (
        <CustomInput
          field={{
            ...BLANK,
            name: t`Value of new records`,
            type: values.type as CustomType,
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
      )}
      {!isMade(values.type) && (
        <Checkbox
          label={t`Required`}
          description={t`Nobody creates a record without it, or empties it.`}
          {...form.getInputProps('required', { type: 'checkbox' })}
        />
      )}
      {canBeUnique(values.type) && (
        <Checkbox
          label={t`Unique`}
          description={t`No two records have the same value, letter case aside.`}
          error={form.errors['unique']}
          checked={values.unique}
          onChange={({ currentTarget: { checked } }) =>
            form.setValues({ unique: checked, ...(checked && { default: null }) })
          }
        />
      )}
      {isListed(values.type) && (
        <Checkbox
          label={t`Indexed`}
          description={t`Lists of any length are found and sorted by it at once. The index is there in about a minute.`}
          {...form.getInputProps('indexed', { type: 'checkbox' })}
        />
      )}
      {kind === 'deal' && values.type !== ROLL_UP && pipelines.length > 1 && (
        <MultiSelect
          label={t`Only in the pipelines`}
          placeholder={values.pipeline_ids.length === 0 ? t`In all of them` : undefined}
          clearable
          data={pipelines.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('pipeline_ids')}
        />
      )}
    </EntryForm>
  )
}
