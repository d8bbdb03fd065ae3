import './editable.css'
import { ActionIcon, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPencil } from '@tabler/icons-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import { dropDraft, readDraft, writeDraft } from '@/shared/lib/draft'

export type EditorProps<V> = {
  value: V
  onChange: (value: V) => void
  /** Saves what is in the field, or the value given. */
  save: (value?: V) => void
  busy: boolean
}

type Props<V> = {
  /** Under what name an unsaved text is kept: the record and the field. */
  name: string
  label: string
  value: V
  /** How the value is shown. */
  children: ReactNode
  empty: boolean
  disabled?: boolean
  onSave: (value: V) => Promise<unknown>
  /** The words for a refusal. */
  explain: (error: unknown) => string
  editor: (props: EditorProps<V>) => ReactNode
  /** Enter is part of the text; Ctrl Enter saves. */
  multiline?: boolean
  /** Where the value leads; it is then changed by a pencil beside it. */
  link?: ReactNode
}

/** A value that turns into its field when clicked: Enter saves, Escape puts it back. */
export function Editable<V>(props: Props<V>) {
  const { name, label, value, onSave, explain, multiline } = props
  const { t } = useLingui()
  const [typed, setTyped] = useState<{ value: V } | undefined>(
    () => readDraft<{ value: V }>(name) as { value: V } | undefined,
  )
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  function close() {
    dropDraft(name)
    setTyped(undefined)
    setProblem(undefined)
  }

  async function save(given?: V) {
    const next = given === undefined ? (typed?.value ?? value) : given
    if (JSON.stringify(next) === JSON.stringify(value)) {
      close()
      return
    }
    setBusy(true)
    try {
      await onSave(next)
      close()
    } catch (error) {
      // what was typed stays, under the reason why it was not taken
      setTyped({ value: next })
      setProblem(explain(error))
    } finally {
      setBusy(false)
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) void save()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  if (!typed || props.disabled) {
    const shown = props.empty ? t`Not set` : props.children
    if (props.disabled) return <div>{props.link ?? shown}</div>
    if (props.link) {
      return (
        <div className="ed-link">
          {props.link}
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t`Change: ${label}`}
            onClick={() => setTyped({ value })}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </div>
      )
    }
    return (
      <button
        type="button"
        className="ed-value"
        data-empty={props.empty || undefined}
        title={t`Change: ${label}`}
        onClick={() => setTyped({ value })}
      >
        <span className="g-sr">{label}: </span>
        {shown}
      </button>
    )
  }
  return (
    <Stack gap={4} onKeyDown={onKeyDown}>
      {props.editor({
        value: typed.value,
        onChange: (next) => {
          setTyped({ value: next })
          writeDraft(name, { value: next })
        },
        save: (given) => void save(given),
        busy,
      })}
      {problem && (
        <Text size="xs" c="var(--g-danger)" role="alert">
          {problem}
        </Text>
      )}
    </Stack>
  )
}
