import { useMemo, useState } from 'react'
import type { Selection } from '@/shared/api/generated/model'
import { joined, partsOf } from '@/shared/conditions'
import type { ListState } from '@/shared/views'
import type { GridSelection } from '@/ui/data-grid/selection'

type Chosen = { of: string; all: boolean; ids: ReadonlySet<string> }

const NONE: ReadonlySet<string> = new Set()

/** What a list asks, whatever its order and columns. */
const questionOf = ({ q, filter }: ListState): string => JSON.stringify([q ?? '', partsOf(filter)])

/** The rows somebody has chosen of a list; another question has none. */
export function useSelection(state: ListState): GridSelection & { of: Selection } {
  const question = questionOf(state)
  const [kept, keep] = useState<Chosen>({ of: question, all: false, ids: NONE })
  const chosen = kept.of === question ? kept : { of: question, all: false, ids: NONE }
  return useMemo(() => {
    const { all, ids } = chosen
    return {
      all,
      count: ids.size,
      has: (id) => ids.has(id),
      onToggle(toggled) {
        // out of all that are found none is taken by itself
        const next = new Set(all ? NONE : ids)
        const last = toggled.every((id) => next.has(id))
        for (const id of toggled) {
          if (last) next.delete(id)
          else next.add(id)
        }
        keep({ of: question, all: false, ids: next })
      },
      onAll: () => keep({ of: question, all: true, ids: NONE }),
      onClear: () => keep({ of: question, all: false, ids: NONE }),
      of: all
        ? { found: { q: state.q ?? '', filter: joined(partsOf(state.filter)) ?? null } }
        : { ids: [...ids] },
    }
    // oxlint-disable-next-line react/exhaustive-deps -- the question is what it asks
  }, [chosen.all, chosen.ids, question])
}
