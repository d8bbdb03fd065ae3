import { Menu } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconDots } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { leads } from '@/shared/stage-needs'
import { Dot, type Tone } from '@/ui/tag'

type Props = {
  deal: Deal
  stages: readonly Stage[]
  onMove: (deal: Deal, stage: Stage) => void
}

/** The stages a deal can be moved to; a card has a button only until its menu is asked for. */
export function MoveMenu({ deal, stages, onMove }: Props) {
  const { t } = useLingui()
  const from = stages.find((stage) => stage.id === deal.stage_id)
  const target = useRef<HTMLButtonElement>(null)
  const [asked, setAsked] = useState(false)
  const button = (
    <button
      ref={target}
      type="button"
      className="dl-card-menu"
      aria-haspopup="menu"
      aria-label={t`Move “${deal.title}” to…`}
      {...(!asked && { 'aria-expanded': false, onClick: () => setAsked(true) })}
    >
      <IconDots size={16} aria-hidden="true" />
    </button>
  )
  if (!asked) return button
  return (
    <Menu defaultOpened position="bottom-end" onClose={() => target.current?.focus()}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t`Move to…`}</Menu.Label>
        {stages
          .filter((stage) => stage.id !== deal.stage_id && leads(from, stage))
          .map((stage) => (
            <Menu.Item
              key={stage.id}
              leftSection={<Dot tone={stage.tone as Tone} />}
              onClick={() => onMove(deal, stage)}
            >
              {stage.name}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}
