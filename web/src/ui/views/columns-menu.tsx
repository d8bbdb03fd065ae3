import { ActionIcon, Button, Checkbox, Group, Popover, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useWithheld, type RightsObject } from '@/shared/reference'
import type { GridColumn } from '@/ui/data-grid/data-grid'

type Column = Pick<GridColumn<never>, 'id' | 'header' | 'optional'>

/** The columns one can have: what none of one's roles shows is no column at all. */
export function useReadable<T>(
  object: RightsObject,
  columns: readonly GridColumn<T>[],
): readonly GridColumn<T>[] {
  const withheld = useWithheld(`${object}.read`)
  return useMemo(
    () => columns.filter(({ field }) => field === undefined || !withheld.includes(field)),
    [columns, withheld],
  )
}

/** The columns a list shows, in the order that was chosen; its own ones where nothing was. */
export function chosenColumns<T>(
  columns: readonly GridColumn<T>[],
  chosen: string | undefined,
): readonly GridColumn<T>[] {
  const found = (chosen?.split(',') ?? []).flatMap(
    (id) => columns.find((column) => column.id === id) ?? [],
  )
  if (found.length === 0) return columns.filter(({ optional }) => !optional)
  if (found.some((column) => column.narrow)) return found
  // a phone shows some of what was chosen
  const [first, second, ...rest] = found
  const narrow = 'minmax(0,1fr)'
  const some = [first, second].flatMap((column) =>
    column ? Object.assign({}, column, { narrow }) : [],
  )
  return [...some, ...rest]
}

type Props = {
  /** Every column one may have. */
  columns: readonly Column[]
  chosen: string | undefined
  onChange: (chosen: string | undefined) => void
}

/** Which columns a list shows, and in which order. */
export function ColumnsMenu({ columns, chosen, onChange }: Props) {
  const { t } = useLingui()
  const [opened, setOpened] = useState(false)
  const known = columns.map(({ id }) => id)
  const told = (chosen?.split(',') ?? []).filter((id) => known.includes(id))
  const usual = columns.filter(({ optional }) => !optional).map(({ id }) => id)
  const shown = told.length > 0 ? told : usual
  const order = [...shown, ...known.filter((id) => !shown.includes(id))]
  const tell = (ids: readonly string[]) =>
    onChange(ids.join() === usual.join() ? undefined : ids.join(','))
  function swap(id: string, by: number) {
    const from = shown.indexOf(id)
    const moved = shown.toSpliced(from, 1).toSpliced(from + by, 0, id)
    tell(moved)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconColumns3 size={16} />}
          onClick={() => setOpened(!opened)}
        >
          {t`Columns`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="min(360px, calc(100vw - 24px))">
        <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {order.map((id) => {
            const header = columns.find((column) => column.id === id)?.header ?? id
            const place = shown.indexOf(id)
            return (
              <Group key={id} component="li" gap={4} wrap="nowrap" justify="space-between">
                <Checkbox
                  label={header}
                  checked={place >= 0}
                  disabled={place >= 0 && shown.length === 1}
                  onChange={() =>
                    tell(place >= 0 ? shown.filter((other) => other !== id) : [...shown, id])
                  }
                />
                <Group gap={2} wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t`${header}: earlier`}
                    disabled={place <= 0}
                    onClick={() => swap(id, -1)}
                  >
                    <IconArrowUp size={15} />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t`${header}: later`}
                    disabled={place < 0 || place === shown.length - 1}
                    onClick={() => swap(id, 1)}
                  >
                    <IconArrowDown size={15} />
                  </ActionIcon>
                </Group>
              </Group>
            )
          })}
        </Stack>
        {chosen !== undefined && (
          <Button mt="xs" size="compact-sm" variant="subtle" onClick={() => onChange(undefined)}>
            {t`As the list has them`}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
