import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What Gausdo calls the roles it came with; a renamed one is called what it was renamed to. */
const CAME_WITH: Record<string, [name: string, words: MessageDescriptor]> = {
  administrator: ['Administrator', msg`Administrator`],
  head: ['Head of sales', msg`Head of sales`],
  manager: ['Manager', msg`Sales manager`],
}

export function roleName(i18n: I18n, { code, name }: { code: string; name: string }): string {
  const known = CAME_WITH[code]
  return known?.[0] === name ? i18n._(known[1]) : name
}
