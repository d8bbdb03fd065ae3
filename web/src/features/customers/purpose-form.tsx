import { Checkbox, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ConsentPurpose } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { purposeName } from '@/shared/consents'
import { useFormat } from '@/shared/i18n/format'
import { useDraftForm, versionNow } from '@/shared/lib/form'
import { EntryForm } from '@/ui/form-parts'
import { usePurposeChanges, wordingsQuery } from './consent-queries'

type Props = { purpose: ConsentPurpose | undefined; onDone: () => void }

/** A purpose, made or changed: another text is a wording of its own. */
export function PurposeForm({ purpose, onDone }: Props) {
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const { add, change } = usePurposeChanges()
  const called = purpose ? purposeName(i18n, purpose) : ''
  const kept = useDraftForm({
    draft: purpose ? `purpose.${purpose.id}` : 'purpose.new',
    initial: {
      name: called,
      about: purpose?.about ?? '',
      text: purpose?.text ?? '',
      by_channel: purpose?.by_channel ?? true,
    },
    ...(purpose && { version: purpose.version }),
    validate: ({ name }) => ({
      name: name.trim() ? null : t`Name the purpose`,
    }),
  })
  const { form, once, began, refuse, discard } = kept

  async function send({ name, about, text, by_channel }: typeof form.values) {
    const told = { about: about.trim() || null, text: text.trim() }
    try {
      if (purpose) {
        // one that is called as Gausdo calls it stays so in every language
        const renamed = name.trim() === called ? {} : { name: name.trim() }
        await change.mutateAsync({
          id: purpose.id,
          version: began ?? purpose.version,
          ...told,
          ...renamed,
        })
      } else
        await add.mutateAsync({
          draft: { ...told, name, by_channel },
          once: once(),
        })
      discard()
      notifications.show({ message: t`The purpose is saved` })
      onDone()
    } catch (error) {
      refuse(error, versionNow(error) === undefined ? undefined : explain(error))
    }
  }
  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={t`Save`}
      busy={add.isPending || change.isPending}
      onCancel={onDone}
    >
      <TextInput
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <TextInput label={t`Description`} maxLength={500} {...form.getInputProps('about')} />
      {!purpose && (
        <Checkbox
          label={t`Agreed to for each channel by itself`}
          {...form.getInputProps('by_channel', { type: 'checkbox' })}
        />
      )}
      <Textarea
        label={t`Text people agree to`}
        autosize
        minRows={4}
        maxRows={14}
        maxLength={20_000}
        {...form.getInputProps('text')}
      />
      {purpose && purpose.wording > 1 && <Earlier id={purpose.id} />}
    </EntryForm>
  )
}

/** The texts before, as they were agreed to. */
function Earlier({ id }: { id: string }) {
  const { t } = useLingui()
  const format = useFormat()
  const { data = [] } = useQuery(wordingsQuery(id))
  return (
    <details>
      <summary>{t`Earlier wordings`}</summary>
      {data.slice(1).map(({ number, text, at, by_name }) => {
        const day = format.date(at)
        return (
          <div key={number}>
            <Text size="sm" c="dimmed" mt="xs">
              {t`wording ${number}`} · {day}
              {by_name && ` · ${by_name}`}
            </Text>
            <Text size="sm" className="cn-text">
              {text || '—'}
            </Text>
          </div>
        )
      })}
    </details>
  )
}
