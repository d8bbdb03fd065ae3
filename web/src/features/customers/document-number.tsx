import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconEye, IconEyeOff, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { personDocument } from '@/shared/api/generated/customers'
import type { Person } from '@/shared/api/generated/model'
import type { SavePerson } from './changes'

const HIDDEN = '•••• ••••••'

type Props = {
  person: Person
  save: SavePerson
  explain: (error: unknown) => string
  /** The number is not one's own to change. */
  disabled: boolean
}

/** The number is asked for when somebody wants to see it, and is not left in the browser. */
export function DocumentNumber({ person, save, explain, disabled }: Props) {
  const { t } = useLingui()
  const label = t`Identity document`
  const [shown, setShown] = useState<{ number: string; version: number }>()
  const [typed, setTyped] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const number = shown?.version === person.version ? shown.number : undefined

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

  const read = async () => (person.document ? ((await personDocument(person.id)).number ?? '') : '')
  const toggle = () =>
    number === undefined
      ? wait(async () => setShown({ number: await read(), version: person.version }))
      : setShown(undefined)
  const edit = () => wait(async () => setTyped(await read()))
  const keep = () =>
    wait(async () => {
      await save({ document: typed?.trim() || null }, person.version)
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
            aria-label={t`Number of the identity document`}
            autoComplete="off"
            maxLength={50}
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
          {person.document ? (number ?? HIDDEN) : t`Not set`}
          {person.document && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              loading={busy}
              aria-label={number === undefined ? t`Show the number` : t`Hide the number`}
              onClick={() => void toggle()}
            >
              {number === undefined ? <IconEye size={14} /> : <IconEyeOff size={14} />}
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
