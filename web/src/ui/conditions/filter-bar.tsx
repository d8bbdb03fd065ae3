import './conditions.css'
import { Button, CloseButton } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconFilterPlus, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useConditionWords, type ConditionTold } from '@/shared/condition-words'
import type { RightsObject } from '@/shared/reference'

// with the calendar, which no list needs to be shown
const ConditionDialog = lazy(() =>
  import('./condition-dialog').then((part) => ({ default: part.ConditionDialog })),
)

type Of = { object: RightsObject; kind: string; segment?: boolean }
type AddProps = Of & { onAdd: (part: ConditionTold) => void }

/** Opens the form of one more condition. */
export function AddCondition({ onAdd, ...of }: AddProps) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFilterPlus size={16} />}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t`Condition`}
      </Button>
      {open && (
        <Suspense>
          <ConditionDialog
            {...of}
            onClose={() => setOpen(false)}
            onApply={(leaf) => {
              setOpen(false)
              onAdd(leaf)
            }}
          />
        </Suspense>
      )}
    </>
  )
}

type ChipsProps = Of & {
  parts: readonly ConditionTold[]
  onChange: (parts: ConditionTold[]) => void
  /** Absent where something else clears all filters. */
  onClear?: () => void
}

/** A filter in words: each condition can be changed and taken away. */
export function ConditionChips({ parts, onChange, onClear, ...of }: ChipsProps) {
  const { t } = useLingui()
  const words = useConditionWords({ of: parts, kind: of.kind, mine: !of.segment })
  const [edited, setEdited] = useState<number>()
  if (parts.length === 0) return null
  const leaf = edited === undefined ? undefined : parts[edited]
  return (
    <div className="cd-chips" role="group" aria-label={t`Conditions`}>
      {parts.map((part, place) => {
        const told = words(part)
        return (
          // oxlint-disable-next-line react/no-array-index-key -- a condition is its place
          <span key={`${place}-${told}`} className="cd-chip">
            <button
              type="button"
              title={told}
              aria-haspopup="dialog"
              disabled={!('field' in part)}
              onClick={() => setEdited(place)}
            >
              {told}
            </button>
            <CloseButton
              size={26}
              iconSize={15}
              aria-label={t`Remove: ${told}`}
              onClick={() => onChange(parts.filter((_, other) => other !== place))}
            />
          </span>
        )
      })}
      {onClear && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconX size={14} />}
          onClick={onClear}
        >
          {t`Clear all`}
        </Button>
      )}
      {leaf && 'field' in leaf && (
        <Suspense>
          <ConditionDialog
            {...of}
            leaf={leaf}
            onClose={() => setEdited(undefined)}
            onApply={(changed) => {
              setEdited(undefined)
              onChange(parts.map((part, place) => (place === edited ? changed : part)))
            }}
          />
        </Suspense>
      )}
    </div>
  )
}
