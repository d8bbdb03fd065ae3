import { useLingui } from '@lingui/react/macro'
import {
  IconCalendarDue,
  IconCalendarOff,
  IconHourglassEmpty,
  IconLock,
  IconZzz,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { Shown } from '@/ui/hidden'
import { useLockedWords } from '@/ui/locked'
import { useNow } from '@/ui/relative-time'
import { Tag } from '@/ui/tag'
import type { GridSelection } from '@/ui/data-grid/selection'
import { MoveMenu } from './move-menu'
import { QuickEdit } from './quick-edit'

type Props = {
  deal: Deal
  stages: readonly Stage[]
  selection: GridSelection | undefined
  onMove: (deal: Deal, stage: Stage) => void
}

/**
 * A deal on the board: whose, how much, and what comes next. Many come into view in one frame of
 * scrolling: what a card is made of is plain, and made when it is needed.
 */
export function DealCard({ deal, stages, selection, onMove }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <div className="dl-card">
      <div className="dl-card-top">
        {deal.editable && selection && (
          <input
            type="checkbox"
            className="dl-card-choose"
            tabIndex={-1}
            aria-label={t`Choose “${deal.title}”`}
            checked={selection.has(deal.id)}
            onChange={() => selection.onToggle([deal.id])}
          />
        )}
        <Link
          to="/deals/$id"
          params={{ id: deal.id }}
          className="g-link dl-card-title"
          tabIndex={-1}
        >
          {deal.title}
        </Link>
        {deal.editable ? (
          <>
            <QuickEdit deal={deal} />
            <MoveMenu deal={deal} stages={stages} onMove={onMove} />
          </>
        ) : (
          <Lock owner={deal.owner.name} />
        )}
      </div>
      <div className="dl-card-company">
        {deal.company?.name ?? deal.contact?.name ?? (
          <Shown of={deal} field="company_id">{t`No company`}</Shown>
        )}
      </div>
      <div className="dl-card-foot">
        <b className="g-num">
          <Shown of={deal} field="worth">
            {deal.worth ? format.money(deal.worth) : '—'}
          </Shown>
        </b>
        <span className="dl-card-marks">
          <Neglect deal={deal} stages={stages} />
          <NextStep deal={deal} />
          <span className="dl-card-owner" title={deal.owner.name ?? t`Another person`}>
            {initialsOf(deal.owner.name ?? '?')}
          </span>
        </span>
      </div>
    </div>
  )
}

const DAY_MS = 86_400_000

type NeglectProps = { deal: Deal; stages: readonly Stage[]; wordy?: boolean }

/** Longer in its stage than it may stay, or forgotten there. */
export function Neglect({ deal, stages, wordy }: NeglectProps) {
  const { t } = useLingui()
  const now = useNow()
  if (deal.kind !== 'open') return null
  if (deal.stage_due_at && Date.parse(deal.stage_due_at) < now) {
    const words = t`Longer in this stage than it may stay`
    return (
      <Tag tone="red" label={wordy ? undefined : words}>
        <IconHourglassEmpty size={12} aria-hidden="true" />
        {wordy && words}
      </Tag>
    )
  }
  const days = stages.find((stage) => stage.id === deal.stage_id)?.rots_after
  const ahead = deal.next_task_at !== null && Date.parse(deal.next_task_at) >= now
  if (!days || ahead || Date.parse(deal.changed_at) > now - days * DAY_MS) return null
  const words = t`Nothing has happened here for long`
  return (
    <Tag tone="amber" label={wordy ? undefined : words}>
      <IconZzz size={12} aria-hidden="true" />
      {wordy && words}
    </Tag>
  )
}

/** The first letters of the first two words of a name. */
const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 32))
    .join('')
    .toUpperCase()

/** A small sign that a card is not the person's to move. */
function Lock({ owner }: { owner: string | null }) {
  const why = useLockedWords(owner)
  return (
    <span className="dl-lock" title={why}>
      <IconLock size={14} aria-hidden="true" />
      <span className="g-sr">{why}</span>
    </span>
  )
}

/** When the nearest task of an open deal is due; amber when there is none, red when it is late. */
export function NextStep({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  const format = useFormat()
  const now = useNow()
  if (deal.kind !== 'open') return null
  if (!deal.next_task) {
    return (
      <Tag tone="amber" label={t`No next step`}>
        <IconCalendarOff size={12} aria-hidden="true" />
        {t`No step`}
      </Tag>
    )
  }
  if (!deal.next_task_at) return null
  const late = new Date(deal.next_task_at).getTime() < now
  return (
    <Tag tone={late ? 'red' : 'neutral'} label={late ? t`The next step is overdue` : t`Next step`}>
      <IconCalendarDue size={12} aria-hidden="true" />
      {format.day(deal.next_task_at)}
    </Tag>
  )
}
