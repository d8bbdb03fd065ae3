import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconArrowDown, IconArrowUp, IconChevronDown, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { StageDraft } from '@/shared/api/generated/model'
import { Dot, Tag, type Tone } from '@/ui/tag'
import { rulesOf, StageRules } from './stage-rules'

type Props = {
  stage: StageDraft
  place: number
  stages: readonly StageDraft[]
  onChange: (stage: StageDraft) => void
  onShift: (by: number) => void
  onRemove: () => void
}

/** One stage: what it is called, how likely a deal in it is won, and what it asks for. */
export function StageRow({ stage, place, stages, onChange, onShift, onRemove }: Props) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const tones = useTones()
  const name = stage.name || t`Stage ${place + 1}`
  const rules = rulesOf(stage)
  return (
    <li className="pl-stage">
      <div className="pl-main">
        <TextInput
          aria-label={t`Name of stage ${place + 1}`}
          placeholder={t`Name`}
          maxLength={200}
          value={stage.name}
          onChange={(event) => onChange({ ...stage, name: event.currentTarget.value })}
        />
        <NumberInput
          aria-label={t`Probability: ${name}`}
          suffix=" %"
          min={0}
          max={100}
          clampBehavior="strict"
          allowDecimal={false}
          disabled={stage.kind !== 'open'}
          value={stage.probability}
          onChange={(told) => onChange({ ...stage, probability: Number(told) || 0 })}
        />
        <Select
          aria-label={t`Colour: ${name}`}
          allowDeselect={false}
          data={tones}
          leftSection={<Dot tone={stage.tone as Tone} />}
          value={stage.tone ?? 'neutral'}
          onChange={(tone) => onChange({ ...stage, tone: tone ?? 'neutral' })}
        />
        <span className="pl-kind">
          {stage.kind === 'won' && <Tag tone="teal">{t({ message: 'Won', context: 'deal' })}</Tag>}
          {stage.kind === 'lost' && <Tag tone="red">{t({ message: 'Lost', context: 'deal' })}</Tag>}
        </span>
        <div className="pl-acts">
          <Button
            size="compact-sm"
            variant={rules > 0 ? 'light' : 'subtle'}
            aria-expanded={open}
            aria-label={t`Rules: ${name}`}
            rightSection={<IconChevronDown size={14} className="pl-chevron" />}
            onClick={() => setOpen(!open)}
          >
            {rules > 0 ? t`Rules: ${rules}` : t`Rules`}
          </Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Move up: ${name}`}
            title={t`Move up: ${name}`}
            disabled={place === 0}
            onClick={() => onShift(-1)}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Move down: ${name}`}
            title={t`Move down: ${name}`}
            disabled={place === stages.length - 1}
            onClick={() => onShift(1)}
          >
            <IconArrowDown size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Leave out: ${name}`}
            title={t`Leave out: ${name}`}
            disabled={stage.kind !== 'open'}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      </div>
      {open && <StageRules stage={stage} stages={stages} onChange={onChange} />}
    </li>
  )
}

function useTones(): { value: Tone; label: string }[] {
  const { t } = useLingui()
  return [
    { value: 'neutral', label: t`Grey` },
    { value: 'blue', label: t`Blue` },
    { value: 'violet', label: t`Violet` },
    { value: 'teal', label: t`Teal` },
    { value: 'amber', label: t`Amber` },
    { value: 'red', label: t`Red` },
  ]
}
