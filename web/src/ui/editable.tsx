import './editable.css'
import { ActionIcon, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPencil } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { dropDraft, readDraft, writeDraft } from '@/shared/lib/draft'
import { versionNow } from '@/shared/lib/form'

export type EditorProps<V> = {
  value: V
  onChange: (value: V) => void
  /** Saves what is in the field, or the value given. */
  save: (value?: V) => void
  /** Saves when the field is left; what was just refused is not sent again unasked. */
  leave: () => void
  busy: boolean
}

type Props<V> = {
  /** Under what name an unsaved text is kept: the record and the field. */
  name: string
  label: string
  value: V
  /** The version of the record that `value` is of. */
  version: number
  /** How the value is shown. */
  children: ReactNode
  empty: boolean
  disabled?: boolean
  /** Told of the version that was shown when the editing began: a later one is not overwritten. */
  onSave: (value: V, version: number) => Promise<unknown>
  /** Why a value cannot be saved at all; it then stays in its field. */
  check?: (value: V) => string | undefined
  /** The words for a refusal. */
  explain: (error: unknown) => string
  editor: (props: EditorProps<V>) => ReactNode
  /** Enter is part of the text; Ctrl Enter saves. */
  multiline?: boolean
  /** Where the value leads; it is then changed by a pencil beside it. */
  link?: ReactNode
}

/** What is in the field, and what was shown when its editing began. */
type Typed<V> = { value: V; began?: V | undefined; version: number }

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** A value that turns into its field when clicked: Enter saves, Escape puts it back. */
export function Editable<V>(props: Props<V>) {
  const { name, label, value, version, onSave, explain, multiline } = props
  const { t } = useLingui()
  const [typed, setTyped] = useState<Typed<V> | undefined>(
    () => readDraft<Typed<V>>(name) as Typed<V> | undefined,
  )
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  // an editor that closes under the focus gives it back to the value; one that was left does not
  const opener = useRef<HTMLButtonElement>(null)
  const editing = typed !== undefined
  const edited = useRef(editing)
  useEffect(() => {
    const closed = edited.current && !editing
    edited.current = editing
    if (closed && document.activeElement === document.body) opener.current?.focus()
  }, [editing])

  const begin = () => setTyped({ value, began: value, version })

  function close() {
    dropDraft(name)
    setTyped(undefined)
    setProblem(undefined)
  }

  async function save(given?: V) {
    if (!typed) return
    const next = given === undefined ? typed.value : given
    if (same(next, typed.began) || same(next, value)) {
      close()
      return
    }
    const refused = props.check?.(next)
    setProblem(refused)
    if (refused) return
    setBusy(true)
    try {
      await onSave(next, typed.version)
      close()
    } catch (error) {
      // what was typed stays, under the reason why it was not taken
      const now = versionNow(error)
      const kept = now === undefined ? { ...typed, value: next } : { value: next, version: now }
      setTyped(kept)
      writeDraft(name, kept)
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
            ref={opener}
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t`Change: ${label}`}
            onClick={begin}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </div>
      )
    }
    return (
      <button
        ref={opener}
        type="button"
        className="ed-value"
        data-empty={props.empty || undefined}
        title={t`Change: ${label}`}
        onClick={begin}
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
          const kept = { ...typed, value: next }
          setTyped(kept)
          setProblem(undefined)
          writeDraft(name, kept)
        },
        save: (given) => void save(given),
        leave: () => {
          if (problem === undefined) void save()
        },
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
