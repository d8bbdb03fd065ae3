import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  IconAlarm,
  IconArrowsExchange,
  IconAt,
  IconBolt,
  IconCalendarEvent,
  IconClockExclamation,
  IconEye,
  IconFileCheck,
  IconFileImport,
  IconFileX,
  IconHourglass,
  IconMoodSad,
  IconPlant,
  IconTrophy,
  IconUserCheck,
} from '@tabler/icons-react'
import type { NoticeAbout, NoticeKind } from '@/shared/api/generated/model'
import type { IconType } from '@/ui/empty-state'

type Kind = {
  icon: IconType
  /** What is asked in the settings: whether one is told of this. */
  asked: MessageDescriptor
  /** What has happened, before the name of the record. */
  told: MessageDescriptor
}

export const KINDS: Record<NoticeKind, Kind> = {
  assigned: { icon: IconUserCheck, asked: msg`Something is given to me`, told: msg`Yours now:` },
  mentioned: { icon: IconAt, asked: msg`Somebody mentions me`, told: msg`You were mentioned:` },
  'task-due': { icon: IconAlarm, asked: msg`A task of mine is due soon`, told: msg`Due soon:` },
  'task-late': {
    icon: IconClockExclamation,
    asked: msg`A task of mine is late`,
    told: msg`Late:`,
  },
  'meeting-soon': {
    icon: IconCalendarEvent,
    asked: msg`A meeting or call of mine begins soon`,
    told: msg`Begins soon:`,
  },
  'deal-moved': {
    icon: IconArrowsExchange,
    asked: msg`Somebody moves a deal of mine`,
    told: msg`Moved to another stage:`,
  },
  'deal-won': { icon: IconTrophy, asked: msg`A deal of mine is won`, told: msg`Won:` },
  'deal-lost': { icon: IconMoodSad, asked: msg`A deal of mine is lost`, told: msg`Lost:` },
  'deal-late': {
    icon: IconHourglass,
    asked: msg`A deal stays too long in its stage`,
    told: msg`Too long in its stage:`,
  },
  'deal-forgotten': { icon: IconPlant, asked: msg`Deals are forgotten`, told: msg`Forgotten:` },
  'quote-opened': {
    icon: IconEye,
    asked: msg`A customer opens a quote of mine`,
    told: msg`The customer has opened the quote:`,
  },
  'quote-accepted': {
    icon: IconFileCheck,
    asked: msg`A customer accepts a quote of mine`,
    told: msg`Quote accepted:`,
  },
  'quote-declined': {
    icon: IconFileX,
    asked: msg`A customer declines a quote of mine`,
    told: msg`Quote declined:`,
  },
  'import-ended': { icon: IconFileImport, asked: msg`An import of mine is over`, told: msg`Over:` },
  'rule-failed': {
    icon: IconBolt,
    asked: msg`A step of my rule fails`,
    told: msg`A step failed:`,
  },
}

/** What a record is called whose name is not told. */
export const ABOUT: Record<NoticeAbout, MessageDescriptor> = {
  deal: msg`a deal`,
  task: msg`a task`,
  meeting: msg`a meeting`,
  company: msg`a company`,
  person: msg`a person`,
  import: msg`an import`,
  rule: msg`a rule`,
}
