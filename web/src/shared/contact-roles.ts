import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { ContactRole } from '@/shared/api/generated/model'

/** What a person has to do with a deal. */
const ROLES: Record<ContactRole, MessageDescriptor> = {
  decides: msg`Decides`,
  pays: msg`Pays`,
  uses: msg`Uses`,
  influences: msg`Influences`,
  other: msg({ message: 'Other', context: 'role of a contact' }),
}

export const CONTACT_ROLES = Object.values(ContactRole)

export const isContactRole = (role: string): role is ContactRole => role in ROLES

export const roleText = (i18n: I18n, role: ContactRole): string => i18n._(ROLES[role])
