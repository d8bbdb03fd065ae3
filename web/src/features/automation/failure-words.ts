import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import type { Effect } from '@/shared/api/generated/model'
import { codeText } from '@/shared/i18n/problems'

const FAILURES: Record<string, MessageDescriptor> = {
  'automation.all-away': msg`Nobody is at work; it is given to whoever is there first.`,
  'automation.author-gone': msg`The author of the rule can no longer act here. Switch the rule on again to take over.`,
  'automation.deal-unseen': msg`The rule’s author may not see this deal.`,
  'automation.nobody-left': msg`Nobody of those named works here, or has any working time.`,
  'automation.no-address': msg`The deal’s contact has no e-mail. Add one and run this again.`,
  'automation.no-contact': msg`The deal has no contact to write to. Add one and run this again.`,
  'automation.owner-gone': msg`The deal’s owner is not known here any more.`,
  'timed-out': msg`It took too long.`,
}

/** Why a step failed, in the language shown; of an older failure, which has no code, in the server's words. */
export function useFailureWords() {
  const { i18n } = useLingui()
  return {
    step(effect: Pick<Effect, 'error' | 'error_code'>): string {
      const known = FAILURES[effect.error_code ?? '']
      return known ? i18n._(known) : (codeText(i18n, effect.error_code) ?? effect.error ?? '')
    },
    /** A rule is paused for one reason only. */
    paused: () => i18n._(FAILURES['automation.author-gone'] as MessageDescriptor),
    /** A run is refused for one reason only. */
    refused: () =>
      i18n._(
        msg`Stopped: too many automations have followed from one another. Look for rules that set each other off.`,
      ),
  }
}
