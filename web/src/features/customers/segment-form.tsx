import { SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { Segment, SegmentHow } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import type { ConditionTold } from '@/shared/condition-words'
import type { CustomerKind } from '@/shared/labels'
import { useDraftForm, versionNow } from '@/shared/lib/form'
import { useMay } from '@/shared/reference'
import { AddCondition, ConditionChips } from '@/ui/conditions/filter-bar'
import { EntryForm } from '@/ui/form-parts'
import { seenByOf, useAudience, whoseOf } from '@/ui/views/audience'
import { useSegmentChanges } from './segment-queries'

type Props = { segment: Segment | undefined; onDone: () => void }
type Joint = 'all' | 'any'

const partsIn = (condition: ConditionTold | null | undefined): ConditionTold[] => {
  if (!condition) return []
  if ('all' in condition) return condition.all
  return 'any' in condition ? condition.any : [condition]
}

/** A segment, made or changed. */
export function SegmentForm({ segment, onDone }: Props) {
  const { t } = useLingui()
  const explain = useExplain()
  const { add, change } = useSegmentChanges()
  const mayShare = useMay('customers.segment', 'share')
  const given = segment?.filter
  const [parts, setParts] = useState(() => partsIn(given))
  const [joint, setJoint] = useState<Joint>(given && 'any' in given ? 'any' : 'all')
  const [tried, setTried] = useState(false)
  const kept = useDraftForm({
    draft: segment ? `segment.${segment.id}` : 'segment.new',
    initial: {
      name: segment?.name ?? '',
      about: segment?.about ?? '',
      kind: segment?.kind ?? 'company',
      how: segment?.how ?? 'dynamic',
      whose: whoseOf(segment),
    },
    ...(segment && { version: segment.version }),
    validate: (values) => ({ name: values.name.trim() ? null : t`Name the segment` }),
    fields: { team_id: 'whose', seen_by: 'whose' },
  })
  const { form, once, began, refuse, discard } = kept
  const audience = useAudience(segment, mayShare)
  const { kind, how } = form.values
  const of = {
    object: kind === 'company' ? 'customers.company' : 'customers.person',
    kind,
  } as const
  const lacking = how === 'dynamic' && parts.length === 0 && !segment?.missing.length

  async function send({ name, about, whose }: typeof form.values) {
    setTried(true)
    if (lacking) return
    const filter = how === 'dynamic' ? (joint === 'any' ? { any: parts } : { all: parts }) : null
    try {
      const told = { name, about: about.trim() || null, ...seenByOf(whose) }
      if (segment) {
        const asked = filter && parts.length > 0 ? { filter } : {}
        await change.mutateAsync({
          id: segment.id,
          version: began ?? segment.version,
          ...told,
          ...asked,
        })
      } else await add.mutateAsync({ draft: { kind, how, ...told, filter }, once: once() })
      discard()
      notifications.show({ message: t`The segment “${name}” is saved` })
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
        autoFocus
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <TextInput label={t`Description`} maxLength={500} {...form.getInputProps('about')} />
      {!segment && (
        <Choices
          kind={kind}
          how={how}
          onKind={(next) => {
            form.setFieldValue('kind', next)
            setParts([])
          }}
          onHow={(next) => form.setFieldValue('how', next)}
        />
      )}
      {how === 'dynamic' && !segment?.missing.length && (
        <Stack gap="xs">
          {parts.length > 1 && (
            <SegmentedControl
              aria-label={t`Which conditions must hold`}
              data={[
                { value: 'all', label: t`All of them hold` },
                { value: 'any', label: t`Any of them holds` },
              ]}
              value={joint}
              onChange={(next) => setJoint(next as Joint)}
            />
          )}
          <ConditionChips {...of} segment parts={parts} onChange={setParts} />
          <div>
            <AddCondition {...of} segment onAdd={(part) => setParts([...parts, part])} />
          </div>
          {lacking && tried && (
            <Text size="sm" c="red" role="alert">{t`Add at least one condition.`}</Text>
          )}
        </Stack>
      )}
      <Select
        label={t({ message: 'Who has it', context: 'view' })}
        allowDeselect={false}
        data={audience}
        {...form.getInputProps('whose')}
      />
    </EntryForm>
  )
}

type ChoicesProps = {
  kind: CustomerKind
  how: SegmentHow
  onKind: (kind: CustomerKind) => void
  onHow: (how: SegmentHow) => void
}

/** What is settled when a segment is made. */
function Choices({ kind, how, onKind, onHow }: ChoicesProps) {
  const { t } = useLingui()
  return (
    <>
      <SegmentedControl
        aria-label={t`Of what`}
        data={[
          { value: 'company', label: t`Companies` },
          { value: 'person', label: t`People` },
        ]}
        value={kind}
        onChange={(next) => onKind(next as CustomerKind)}
      />
      <SegmentedControl
        aria-label={t`How members come in`}
        data={[
          { value: 'dynamic', label: t({ message: 'By a condition', context: 'segment' }) },
          { value: 'static', label: t({ message: 'By hand', context: 'segment' }) },
        ]}
        value={how}
        onChange={(next) => onHow(next as SegmentHow)}
      />
    </>
  )
}
