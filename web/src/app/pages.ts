import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  IconAddressBook,
  IconBolt,
  IconBuilding,
  IconCalendar,
  IconChartBar,
  IconChecklist,
  IconLayoutKanban,
  IconListDetails,
  IconMailbox,
  IconPackage,
  IconSettings,
  IconSunHigh,
  IconTrendingUp,
} from '@tabler/icons-react'
import { sectionsFor } from '@/features/administration/sections'
import type { Me } from '@/shared/api/generated/model'
import { may, type RightsObject } from '@/shared/reference'
import type { IconType } from '@/ui/empty-state'

type PageLink = {
  to:
    | '/'
    | '/tasks'
    | '/calendar'
    | '/board'
    | '/deals'
    | '/forecast'
    | '/companies'
    | '/people'
    | '/products'
    | '/automation'
    | '/dashboard'
    | '/mailbox'
    | '/administration'
  label: MessageDescriptor
  icon: IconType
  /** What one must be allowed to read to be offered the page. */
  needs?: RightsObject
  /** Whether it is offered, where that is not a matter of one right. */
  offered?: (person: Me) => boolean
}

const PAGES: readonly PageLink[] = [
  { to: '/', label: msg`My day`, icon: IconSunHigh },
  { to: '/tasks', label: msg`Tasks`, icon: IconChecklist, needs: 'activities.task' },
  { to: '/calendar', label: msg`Calendar`, icon: IconCalendar, needs: 'activities.meeting' },
  { to: '/board', label: msg`Board`, icon: IconLayoutKanban, needs: 'sales.deal' },
  { to: '/deals', label: msg`Deals`, icon: IconListDetails, needs: 'sales.deal' },
  { to: '/forecast', label: msg`Forecast`, icon: IconTrendingUp, needs: 'sales.deal' },
  { to: '/companies', label: msg`Companies`, icon: IconBuilding, needs: 'customers.company' },
  { to: '/people', label: msg`People`, icon: IconAddressBook, needs: 'customers.person' },
  { to: '/products', label: msg`Products`, icon: IconPackage, needs: 'sales.product' },
  { to: '/dashboard', label: msg`Dashboard`, icon: IconChartBar, needs: 'reports.dashboard' },
  { to: '/automation', label: msg`Automation`, icon: IconBolt, needs: 'automation.rule' },
  { to: '/mailbox', label: msg`Demo mailbox`, icon: IconMailbox, offered: ({ demo }) => demo },
  {
    to: '/administration',
    label: msg`Administration`,
    icon: IconSettings,
    offered: (person) => sectionsFor(person).length > 0,
  },
]

/** The pages `person` is offered, in the order of the navigation. */
export const pagesFor = (person: Me): readonly PageLink[] =>
  PAGES.filter((page) =>
    page.offered ? page.offered(person) : !page.needs || may(person, page.needs, 'read'),
  )
