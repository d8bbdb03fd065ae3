import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  IconChecklist,
  IconBuildingBank,
  IconCoins,
  IconFileImport,
  IconFileSettings,
  IconFingerprint,
  IconForms,
  IconHeartbeat,
  IconHistory,
  IconKey,
  IconLayoutKanban,
  IconMapPin,
  IconMail,
  IconParking,
  IconPlugConnected,
  IconShieldCheck,
  IconShieldLock,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { LinkProps } from '@tanstack/react-router'
import type { Me } from '@/shared/api/generated/model'
import { mayAny, type RightName } from '@/shared/reference'
import type { IconType } from '@/ui/empty-state'

export type AdministrationSection = {
  to: NonNullable<LinkProps['to']>
  label: MessageDescriptor
  icon: IconType
  /** Whoever has one of these is offered it. */
  needs: readonly RightName[]
}

/** The pages of the administration, in the order they are offered; each has its own route. */
const SECTIONS: readonly AdministrationSection[] = [
  {
    to: '/administration/people',
    label: msg`People who work here`,
    icon: IconUsers,
    needs: ['identity.user.create', 'identity.user.edit'],
  },
  {
    to: '/administration/teams',
    label: msg`Teams`,
    icon: IconUsersGroup,
    needs: ['identity.team.create', 'identity.team.edit'],
  },
  {
    to: '/administration/roles',
    label: msg`Roles`,
    icon: IconShieldLock,
    needs: ['identity.role.create', 'identity.role.edit'],
  },
  {
    to: '/administration/fields',
    label: msg`Fields`,
    icon: IconForms,
    needs: ['sales.field.edit', 'customers.field.edit'],
  },
  {
    to: '/administration/consents',
    label: msg`Consents`,
    icon: IconShieldCheck,
    needs: ['customers.purpose.edit'],
  },
  {
    to: '/administration/sign-in',
    label: msg`Sign-in policy`,
    icon: IconFingerprint,
    needs: ['authentication.policy.read'],
  },
  {
    to: '/administration/providers',
    label: msg`Corporate sign-in`,
    icon: IconKey,
    needs: ['federation.provider.read'],
  },
  {
    to: '/administration/api-keys',
    label: msg`API keys`,
    icon: IconPlugConnected,
    needs: ['integrations.key.read'],
  },
  {
    to: '/administration/integrations',
    label: msg`Integrations`,
    icon: IconMail,
    needs: ['communications.mail.read', 'integrations.webhook.edit'],
  },
  {
    to: '/administration/pipelines',
    label: msg`Pipelines`,
    icon: IconLayoutKanban,
    needs: ['sales.pipeline.edit'],
  },
  {
    to: '/imports',
    label: msg`Imports`,
    icon: IconFileImport,
    needs: ['integrations.import.create', 'integrations.import.read'],
  },
  {
    to: '/administration/rates',
    label: msg`Exchange rates`,
    icon: IconCoins,
    needs: ['sales.rates.edit'],
  },
  {
    to: '/administration/seller',
    label: msg`Requisites`,
    icon: IconBuildingBank,
    needs: ['sales.product.edit'],
  },
  {
    to: '/administration/configuration',
    label: msg`Configuration`,
    icon: IconFileSettings,
    needs: ['administration.configuration.export', 'administration.configuration.import'],
  },
  {
    to: '/administration/ip-rules',
    label: msg`IP rules`,
    icon: IconMapPin,
    needs: ['administration.network.read'],
  },
  {
    to: '/administration/audit',
    label: msg`Audit`,
    icon: IconHistory,
    needs: ['administration.audit.read'],
  },
  {
    to: '/administration/parked',
    label: msg`Parked events`,
    icon: IconParking,
    needs: ['events.parked.read'],
  },
  {
    to: '/administration/jobs',
    label: msg`Jobs`,
    icon: IconChecklist,
    needs: ['administration.jobs.read'],
  },
  {
    to: '/administration/health',
    label: msg`System health`,
    icon: IconHeartbeat,
    needs: ['administration.health.read'],
  },
]

/** The sections that are open to `person`. */
export const sectionsFor = (person: Me): readonly AdministrationSection[] =>
  SECTIONS.filter((section) => mayAny(person, section.needs))

/** Whether `person` may be on this page of the administration; a page below a section is the section's. */
export const isOpenTo = (person: Me, pathname: string): boolean =>
  sectionsFor(person).some(({ to }) => pathname === to || pathname.startsWith(`${to}/`))
