import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const HAPPENED: Record<string, MessageDescriptor> = {
  'activities.meeting-added': msg`planned the meeting`,
  'activities.meeting-changed': msg`changed the meeting`,
  'activities.note-added': msg`wrote a note`,
  'activities.reminder-due': msg`was reminded of a meeting`,
  'activities.task-added': msg`added the task`,
  'activities.task-changed': msg`changed the task`,
  'authentication.factor-added': msg`added a second factor`,
  'authentication.factor-removed': msg`a second factor was removed`,
  'authentication.factor-renamed': msg`renamed a second factor`,
  'authentication.invitation-withdrawn': msg`withdrew the invitation`,
  'authentication.invited': msg`sent an invitation`,
  'authentication.link-sent': msg`the link of a letter was sent`,
  'authentication.link-taken': msg`a password was set by the link of a letter`,
  'authentication.policy-changed': msg`changed the sign-in policy`,
  'authentication.recovery-code-used': msg`used a recovery code`,
  'authentication.recovery-codes-renewed': msg`renewed the recovery codes`,
  'authentication.sessions-ended': msg`ended sessions`,
  'authentication.sign-in-refused': msg`was not let in`,
  'authentication.signed-in': msg`signed in`,
  'automation.notices-changed': msg`told somebody of something new`,
  'automation.rule-ran': msg`the rule ran`,
  'automation.rule-removed': msg`removed the rule`,
  'automation.rule-saved': msg`saved the rule`,
  'communications.letter-sent': msg`the letter was sent`,
  'communications.mail-server-changed': msg`changed the mail server`,
  'communications.template-removed': msg`removed the template`,
  'communications.template-saved': msg`saved the template`,
  'customers.company-added': msg`added the company`,
  'customers.company-changed': msg`changed the company`,
  'customers.company-merged': msg`merged the company into another`,
  'customers.company-parted': msg`parted the company from another`,
  'customers.company-removed': msg`removed the company`,
  'customers.company-restored': msg`brought the company back`,
  'customers.company-shared': msg`shared the company`,
  'customers.mass-edit-changed': msg`changed many records`,
  'customers.person-added': msg`added the person`,
  'customers.person-changed': msg`changed the person`,
  'customers.person-erased': msg`erased the person`,
  'customers.person-merged': msg`merged the person into another`,
  'customers.person-parted': msg`parted the person from another`,
  'customers.person-removed': msg`removed the person`,
  'customers.person-restored': msg`brought the person back`,
  'customers.person-shared': msg`shared the person`,
  'federation.account-linked': msg`linked an account`,
  'federation.provider-removed': msg`removed the identity provider`,
  'federation.provider-saved': msg`saved the identity provider`,
  'identity.access-refused': msg`was refused`,
  'identity.job-tended': msg`ran a job again, or stopped it`,
  'identity.parked-run-again': msg`had parked events tried again`,
  'identity.password-changed': msg`changed the password`,
  'identity.records-exported': msg`exported`,
  'identity.role-changed': msg`changed the role`,
  'identity.team-changed': msg`changed the team`,
  'identity.token-rejected': msg`a token was rejected`,
  'identity.user-changed': msg`changed the colleague`,
  'identity.user-joined': msg`let the colleague in`,
  'identity.view-changed': msg`changed the view`,
  'identity.working-time-changed': msg`changed working hours or absences`,
  'integrations.address-refused': msg`was turned away by address`,
  'integrations.ip-rules-changed': msg`changed the IP rules`,
  'integrations.key-changed': msg`changed the API key`,
  'integrations.key-made': msg`made the API key`,
  'integrations.key-revoked': msg`revoked the API key`,
  'sales.deal-changed': msg`changed the deal`,
  'sales.deal-moved': msg`moved the deal`,
  'sales.deal-opened': msg`opened the deal`,
  'sales.deal-removed': msg`removed the deal`,
  'sales.deal-restored': msg`brought the deal back`,
  'sales.deal-shared': msg`shared the deal`,
  'sales.mass-edit-changed': msg`changed many deals`,
  'sales.pipeline-added': msg`added the pipeline`,
  'sales.pipeline-changed': msg`changed the pipeline`,
  'sales.price-list-changed': msg`changed the price list`,
  'sales.product-added': msg`added the product`,
  'sales.product-changed': msg`changed the product`,
  'sales.rates-changed': msg`changed the exchange rates`,
  'sales.seller-changed': msg`changed the requisites`,
}

const VIA: Record<string, MessageDescriptor> = {
  api: msg`through the API`,
  automation: msg`by a rule`,
  federation: msg`by the identity provider`,
  import: msg`by an import`,
  key: msg`with an API key`,
  mass: msg`by a mass edit`,
  rule: msg`by a rule`,
}

/** What an event says in words; one that is newer than this interface is told by its name. */
export function happenedText(i18n: I18n, name: string): string {
  const known = HAPPENED[name.replace(/\.v\d+$/, '')]
  return known ? i18n._(known) : name
}

/** How it came about, where that is worth a word: not by the person's own hand. */
export function viaText(i18n: I18n, via: string): string | undefined {
  const known = VIA[via]
  return known && i18n._(known)
}
