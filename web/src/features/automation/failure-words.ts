import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import type { Effect, Rule } from '@/shared/api/generated/model'
import { codeText } from '@/shared/i18n/problems'

const FAILURES: Record<string, MessageDescriptor> = {
  'automation.all-away': msg`Nobody is at work; it is given to whoever is there first.`,
  'automation.asks-in-vain': msg`The rule asks of a segment or a field that is there no more. Change that, and switch it on again.`,
  'automation.author-gone': msg`The author of the rule can no longer act here. Switch the rule on again to take over.`,
  'automation.deal-unseen': msg`The rule’s author may not see this deal.`,
  'automation.nobody-left': msg`Nobody of those named works here, or has any working time.`,
  'automation.no-address': msg`The deal’s contact has no e-mail. Add one and run this again.`,
  'automation.no-contact': msg`The deal has no contact to write to. Add one and run this again.`,
  'automation.owner-unknown': msg`The owner is not known here any more.`,
  'automation.record-no-address': msg`There is no e-mail to write to. Add one and run this again.`,
  'automation.record-unseen': msg`The rule’s author may not see it, or it is there no more.`,
  'automation.owner-gone': msg`The deal’s owner is not known here any more.`,
  'automation.too-many-tags': msg`It would have too many tags. Take some off and run this again.`,
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
    /** Why a rule is off; one paused before there were codes has lost its author. */
    paused: ({ paused_code }: Pick<Rule, 'paused_code'>) =>
      i18n._(FAILURES[paused_code ?? 'automation.author-gone'] as MessageDescriptor),
    /** A run is refused for one reason only. */
    refused: () =>
      i18n._(
        msg`Stopped: too many automations have followed from one another. Look for rules that set each other off.`,
      ),
  }
}
