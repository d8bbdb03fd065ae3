import { Select, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { AskableField, Op } from '@/shared/api/generated/model'
import { useOperatorWords } from '@/shared/condition-words'
import {
  firstOperator,
  fitted,
  isWhole,
  offered,
  operatorsOf,
  shapeOf,
  type Leaf,
} from '@/shared/conditions'
import { fieldName } from '@/shared/i18n/fields'
import { useEntryProblems } from '@/ui/entry-problems'
import { ValueField } from './value-field'

type Props = {
  /** What the server lets be asked. */
  fields: readonly AskableField[]
  /** The records it is asked of. */
  kind: string
  /** It is asked in the reader's own name, as a filter is. */
  mine?: boolean
  /** One of several in a form: the cursor stays where it is. */
  amid?: boolean
  leaf: Leaf | undefined
  problems: readonly (string | undefined)[]
  onChange: (leaf: Leaf) => void
}

/** One question to one field: the field, the operator, the value. */
export function LeafFields({
  fields,
  kind,
  mine = false,
  amid = false,
  leaf,
  problems,
  onChange,
}: Props) {
  const { t, i18n } = useLingui()
  const operator = useOperatorWords(mine)
  const names = offered(fields)
    .map(({ name }) => ({ value: name, label: fieldName(i18n, name, kind) }))
    .toSorted((one, other) => one.label.localeCompare(other.label, i18n.locale))
  const field = fields.find(({ name }) => name === leaf?.field)

  function choose(name: string | null) {
    const chosen = fields.find((one) => one.name === name)
    if (!chosen) return
    const op = firstOperator(chosen)
    onChange({ field: chosen.name, op, value: fitted(null, op) })
  }
  function ask(op: Op) {
    if (leaf) onChange({ ...leaf, op, value: fitted(leaf.value, op) })
  }
  return (
    <Stack gap="sm">
      <Select
        label={t`Field`}
        placeholder={t`Choose a field`}
        autoFocus={!amid || !leaf}
        data-autofocus
        openOnFocus={!leaf}
        searchable
        allowDeselect={false}
        nothingFoundMessage={t`Nothing found`}
        data={names}
        value={leaf?.field ?? null}
        onChange={choose}
      />
      {field && leaf && (
        <>
          <Select
            label={t({ message: 'Condition', context: 'operator' })}
            searchable
            allowDeselect={false}
            data={operatorsOf(field).map((op) => ({ value: op, label: operator(op) }))}
            value={leaf.op}
            onChange={(op) => op && ask(op as Op)}
          />
          <ValueField
            // another field or shape begins anew
            key={`${field.name}-${shapeOf(leaf.op)}`}
            field={field}
            kind={kind}
            leaf={leaf}
            problems={problems}
            onChange={(value) => onChange({ ...leaf, value })}
          />
        </>
      )}
    </Stack>
  )
}

/** What is wrong with each value of a question, by its place; nothing when it can be asked. */
export function useLeafProblems(): (
  leaf: Leaf,
  field: AskableField | undefined,
) => (string | undefined)[] {
  const { t } = useLingui()
  const entry = useEntryProblems()
  return (leaf, field) => {
    const given = [leaf.value ?? []].flat().map(String)
    if (!isWhole(leaf) && given.length === 0) return [t`Say what to compare with`]
    if (shapeOf(leaf.op) === 'days' || shapeOf(leaf.op) === 'none') {
      return isWhole(leaf) ? [] : [t`Say how many days`]
    }
    const told = given.map((value) => {
      if (value === '') return t`Say what to compare with`
      if (field?.type === 'money') return entry.sum(value)
      if (field?.type === 'date' || field?.type === 'time') return entry.day(value)
      return undefined
    })
    const [low = '', high = ''] = given
    const numbers = field?.type === 'money' || field?.type === 'number'
    const turned = numbers ? Number(low) > Number(high) : low > high
    if (leaf.op === 'between' && turned && !told.some(Boolean)) {
      return [undefined, t`The second is less than the first`]
    }
    return told.some(Boolean) ? told : []
  }
}
