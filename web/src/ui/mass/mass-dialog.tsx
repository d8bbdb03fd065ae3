import { Alert, Button, Checkbox, Group, Modal, Select, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  AskableField,
  CustomField,
  MassEdit,
  Selection,
  ViewKind,
} from '@/shared/api/generated/model'
import { keyed } from '@/shared/api/http'
import { isEmpty, isToldForMany, nameOf, useCustomFields } from '@/shared/custom-fields'
import type { Leaf } from '@/shared/conditions'
import { fieldName } from '@/shared/i18n/fields'
import { useProblemText } from '@/shared/i18n/problems'
import { useAskable, useMay, useWithheld } from '@/shared/reference'
import { ValueField } from '@/ui/conditions/value-field'
import { CustomInput } from '@/ui/custom-input'
import { MomentField } from '@/ui/date-field'
import { useFocusBack } from '@/ui/use-focus-back'
import { MASS, type MassDraft } from './kinds'
import { Told } from './told'

type Props = {
  kind: ViewKind
  of: Selection
  onStarted: (edit: MassEdit) => void
  onClose: () => void
}

const ADD = 'add_tags'
const REMOVE = 'remove_tags'
/** While somebody types, nobody is asked. */
const SOON = 300

/** What the chosen records are to become; how many would change is told before. */
export function MassDialog(props: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={props.onClose} title={t`Change the chosen records`}>
      <MassForm {...props} />
    </Modal>
  )
}

type Value = NonNullable<Leaf['value']>

/** The request, once there is something to set. */
function draftOf(
  of: Selection,
  field: AskableField | undefined,
  what: string | null,
  value: Value,
  empty: boolean,
  added: CustomField | undefined,
): MassDraft | undefined {
  const given = [value].flat().filter((one) => one !== '')
  if (!field || !what || (given.length === 0 && !empty)) return undefined
  if (what === ADD || what === REMOVE) return { of, [what]: given.map(String) }
  if (added) return { of, change: { custom: { [added.key]: empty ? null : value } } }
  if (empty) return { of, change: { [what]: null } }
  const [one] = given
  return { of, change: { [what]: field.type === 'number' ? Number(one) : one } }
}

function MassForm({ kind, of, onStarted, onClose }: Props) {
  const { t } = useLingui()
  const problem = useProblemText()
  const { preview, start, object, needed = [] } = MASS[kind]
  const offered = useOffered(kind)
  const fields = useAskable(object)
  const [what, setWhat] = useState<string | null>(null)
  const [value, setValue] = useState<Value>('')
  const [empty, setEmpty] = useState(false)
  const [key, setKey] = useState(() => crypto.randomUUID())
  const tags = what === ADD || what === REMOVE
  const field = fields?.find(({ name }) => name === (tags ? 'tags' : what))
  const added = useCustomFields(kind).find((one) => nameOf(one) === what)
  const [draft] = useDebouncedValue(draftOf(of, field, what, value, empty, added), SOON)
  const told = useQuery({
    queryKey: ['mass-preview', kind, draft],
    queryFn: async ({ signal }) => await preview(draft ?? { of }, { signal }),
    enabled: draft !== undefined,
    gcTime: 0,
    retry: false,
  })
  const begin = useMutation({
    mutationFn: (asked: MassDraft) => start(asked, keyed(key)),
    onSuccess: onStarted,
    onError: () => setKey(crypto.randomUUID()),
  })
  const changing = draft ? (told.data?.changing ?? 0) : 0
  const error = begin.error ?? told.error
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (draft && changing > 0 && !begin.isPending) begin.mutate(draft)
      }}
    >
      <Stack gap="md">
        <Select
          label={t`What to change`}
          placeholder={t`Choose a field`}
          autoFocus
          data-autofocus
          searchable
          allowDeselect={false}
          nothingFoundMessage={t`Nothing found`}
          data={offered}
          value={what}
          onChange={(chosen) => {
            setWhat(chosen)
            setValue(chosen === ADD || chosen === REMOVE ? [] : '')
            setEmpty(false)
          }}
        />
        {added && !empty && (
          <CustomInput
            field={{ ...added, required: false }}
            value={isEmpty(value) ? null : value}
            onChange={(given) => setValue((given ?? '') as Value)}
          />
        )}
        {field?.type === 'time' && what && !added && !empty && (
          <MomentField
            label={t`Value`}
            value={isEmpty(value) ? null : String(value)}
            onChange={(moment) => setValue(moment ?? '')}
          />
        )}
        {field && field.type !== 'time' && what && !added && !empty && (
          <ValueField
            key={what}
            field={field}
            kind={kind}
            leaf={{ field: field.name, op: tags ? 'in' : 'eq', value }}
            problems={[]}
            onChange={setValue}
          />
        )}
        {field && !tags && what !== 'owner_id' && !needed.includes(field.name) && (
          <Checkbox
            label={t`Leave the field empty`}
            checked={empty}
            onChange={(event) => setEmpty(event.currentTarget.checked)}
          />
        )}
        {error && (
          <Alert color="red" role="alert">
            {problem(error)}
          </Alert>
        )}
        <div role="status">{draft && told.data && <Told {...told.data} />}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t`Cancel`}
          </Button>
          <Button
            type="submit"
            loading={begin.isPending || (draft !== undefined && told.isFetching)}
            disabled={changing === 0}
          >
            {changing === 0
              ? t`Change`
              : plural(changing, { one: 'Change # record', other: 'Change # records' })}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What one may set of many records: what one's roles let one write, and see. */
function useOffered(kind: ViewKind): { value: string; label: string }[] {
  const { t, i18n } = useLingui()
  const { object, fields, tagged } = MASS[kind]
  const added = useCustomFields(kind)
  const mayAssign = useMay(object, 'assign')
  const unwritten = useWithheld(`${object}.edit`)
  const unseen = useWithheld(`${object}.read`)
  const may = (name: string) => !unwritten.includes(name) && !unseen.includes(name)
  return [
    ...(mayAssign ? [{ value: 'owner_id', label: t`Owner` }] : []),
    ...(tagged && may('tags')
      ? [
          { value: ADD, label: t`Add tags` },
          { value: REMOVE, label: t`Take tags away` },
        ]
      : []),
    ...fields.filter(may).map((name) => ({ value: name, label: fieldName(i18n, name, kind) })),
    ...added
      .filter((one) => !one.unique && isToldForMany(one) && may(nameOf(one)))
      .map((one) => ({ value: nameOf(one), label: one.name })),
  ]
}
