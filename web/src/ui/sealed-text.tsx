import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconEye, IconEyeOff, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'

const HIDDEN = '•••• ••••••'

type Props = {
  label: string
  /** What the place is called where it is typed, when that is something else. */
  typedAs?: string
  /** Whether the record has one. */
  has: boolean
  /** Of the record: with another one the value may be another. */
  version: number
  maxLength: number
  read: () => Promise<string | null>
  save: (value: string | null, version: number) => Promise<unknown>
  explain: (error: unknown) => string
  /** It is not one's own to change. */
  disabled: boolean
}

/** A value that is kept encrypted: it is asked for when somebody wants to see it, and is not left
 * in the browser. */
export function SealedText(props: Props) {
  const { label, typedAs = label, has, version, maxLength, read, save, explain, disabled } = props
  const { t } = useLingui()
  const [shown, setShown] = useState<{ value: string; version: number }>()
  const [typed, setTyped] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const value = shown?.version === version ? shown.value : undefined

  async function wait(work: () => Promise<void>) {
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
    } catch (error) {
      setProblem(explain(error))
    } finally {
      setBusy(false)
    }
  }

  const now = async () => (has ? ((await read()) ?? '') : '')
  const toggle = () =>
    value === undefined
      ? wait(async () => setShown({ value: await now(), version }))
      : setShown(undefined)
  const edit = () => wait(async () => setTyped(await now()))
  const keep = () =>
    wait(async () => {
      await save(typed?.trim() || null, version)
      setTyped(undefined)
      setShown(undefined)
    })

  return (
    <Stack gap={4}>
      {typed !== undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void keep()
          }}
        >
          <TextInput
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped(undefined)
            }}
            autoFocus
            aria-label={typedAs}
            autoComplete="off"
            maxLength={maxLength}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group gap="xs" mt={4}>
            <Button type="submit" size="compact-sm" loading={busy}>{t`Save`}</Button>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setTyped(undefined)}
            >{t`Cancel`}</Button>
          </Group>
        </form>
      ) : (
        <div className="ed-link">
          {has ? <span style={{ overflowWrap: 'anywhere' }}>{value ?? HIDDEN}</span> : t`Not set`}
          {has && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              loading={busy}
              aria-label={value === undefined ? t`Show: ${label}` : t`Hide: ${label}`}
              title={value === undefined ? t`Show: ${label}` : t`Hide: ${label}`}
              onClick={() => void toggle()}
            >
              {value === undefined ? <IconEye size={14} /> : <IconEyeOff size={14} />}
            </ActionIcon>
          )}
          {!disabled && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t`Change: ${label}`}
              onClick={() => void edit()}
            >
              <IconPencil size={14} />
            </ActionIcon>
          )}
        </div>
      )}
      {problem && (
        <Text size="xs" c="var(--g-danger)" role="alert">
          {problem}
        </Text>
      )}
    </Stack>
  )
}
