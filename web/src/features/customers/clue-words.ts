import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Clue } from '@/shared/api/generated/model'

/** What two records have in common. */
export const CLUES: Record<Clue, MessageDescriptor> = {
  inn: msg`the same tax number`,
  email: msg`the same e-mail`,
  phone: msg`the same phone`,
  domain: msg`the same domain`,
  name: msg`like names`,
  company: msg`the same company`,
  city: msg`the same city`,
}
