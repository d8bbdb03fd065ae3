import { Popover } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPencil } from '@tabler/icons-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Deal } from '@/shared/api/generated/model'

// with the calendar, which the board needs only now
const QuickForm = lazy(() => import('./quick-form').then((part) => ({ default: part.QuickForm })))

/** What is changed most, changed on the card itself; a card has a button only until it is asked. */
export function QuickEdit({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  const target = useRef<HTMLButtonElement>(null)
  const [asked, setAsked] = useState(false)
  const close = () => {
    setAsked(false)
    // the card has the focus again: one goes on with its keys
    setTimeout(() => document.querySelector<HTMLElement>(`[data-card="${deal.id}"]`)?.focus())
  }
  const button = (
    <button
      ref={target}
      type="button"
      className="dl-card-menu"
      data-edit={deal.id}
      tabIndex={-1}
      aria-haspopup="dialog"
      aria-expanded={asked}
      aria-label={t`Change “${deal.title}” here`}
      onClick={() => setAsked(true)}
    >
      <IconPencil size={14} aria-hidden="true" />
    </button>
  )
  if (!asked) return button
  return (
    <Popover
      opened
      trapFocus
      withRoles
      position="bottom"
      width={288}
      shadow="md"
      onDismiss={close}
      onClose={close}
    >
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown aria-label={deal.title}>
        <Suspense>
          <QuickForm deal={deal} onDone={close} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
