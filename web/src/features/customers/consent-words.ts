import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { ConsentSource } from '@/shared/api/generated/model'

/** How somebody has said that they agree, in the order it is offered. */
export const SOURCES: Record<ConsentSource, MessageDescriptor> = {
  form: msg`Form on a website`,
  letter: msg({ message: 'Letter or e-mail', context: 'source of a consent' }),
  call: msg({ message: 'Phone call', context: 'channel' }),
  messenger: msg({ message: 'Messenger', context: 'channel' }),
  person: msg`Face to face`,
  paper: msg({ message: 'On paper', context: 'source of a consent' }),
  import: msg({ message: 'Import', context: 'source of a consent' }),
  api: msg({ message: 'Another program', context: 'source of a consent' }),
}
