import { Select } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import type { LeafInput } from '@/shared/api/generated/model'
import type { ConditionTold } from '@/shared/condition-words'
import type { Controls, Narrow } from '@/ui/lists/records-page'
import { OwnerFilter } from '@/ui/owner-select'

/** How a task stands, as a filter asks for it. */
const STANDS = {
  open: { field: 'state', op: 'eq', value: 'open' },
  overdue: { field: 'overdue', op: 'eq', value: true },
  done: { field: 'state', op: 'eq', value: 'done' },
} satisfies Record<string, LeafInput>
type Stand = keyof typeof STANDS
export const OPEN = STANDS.open

const asks = (part: ConditionTold, { field, op, value }: LeafInput): boolean =>
  'field' in part && part.field === field && part.op === op && part.value === value

const standOf = (part: ConditionTold): Stand | undefined =>
  (Object.keys(STANDS) as Stand[]).find((stand) => asks(part, STANDS[stand]))

const ownerOf = (part: ConditionTold): string | undefined =>
  'field' in part && part.field === 'owner_id' && part.op === 'eq' && typeof part.value === 'string'
    ? part.value
    : undefined

/** Which of several parts a control shows: the first that it can. */
const firstOf = <T,>(
  parts: readonly ConditionTold[],
  of: (part: ConditionTold) => T | undefined,
): T | undefined => parts.map(of).find((found) => found !== undefined)

/** How tasks stand and whose they are: chosen without a dialog. */
export function useTaskControls(): Controls {
  return useMemo(
    () => ({
      has: (part) => standOf(part) !== undefined || ownerOf(part) !== undefined,
      shown: (parts, onChange) => <TaskControls parts={parts} onChange={onChange} />,
    }),
    [],
  )
}

type Props = { parts: readonly ConditionTold[]; onChange: Narrow }

function TaskControls({ parts, onChange }: Props) {
  const { t } = useLingui()
  const besides = (of: (part: ConditionTold) => unknown) =>
    parts.filter((part) => of(part) === undefined)
  return (
    <>
      <Select
        aria-label={t`State`}
        placeholder={t`Any state`}
        w={150}
        clearable
        data={[
          { value: 'open', label: t({ message: 'Open', context: 'task' }) },
          { value: 'overdue', label: t`Overdue` },
          { value: 'done', label: t({ message: 'Done', context: 'task' }) },
        ]}
        value={firstOf(parts, standOf) ?? null}
        onChange={(stand) =>
          onChange([...besides(standOf), ...(stand ? [STANDS[stand as Stand]] : [])])
        }
      />
      <OwnerFilter
        value={firstOf(parts, ownerOf)}
        onChange={(owner) =>
          onChange([
            ...besides(ownerOf),
            ...(owner ? [{ field: 'owner_id', op: 'eq', value: owner } as const] : []),
          ])
        }
      />
    </>
  )
}
