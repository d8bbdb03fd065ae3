import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { isEmpty, nameOf, useAddedField, useCustomFields } from '@/shared/custom-fields'
import { fieldName } from '@/shared/i18n/fields'

const NEXT_TASK = 'next_task'
const NEXT_STEP: MessageDescriptor = msg`Next step`

/** What a stage may ask a deal to have, by the names of the API; fields that were added follow. */
const ASKABLE = ['worth', 'company_id', 'contact_id', 'expected_on', 'about', NEXT_TASK] as const

/** All that a stage may ask for, with its name. */
export function useNeeds(): { value: string; label: string }[] {
  const { i18n } = useLingui()
  const custom = useCustomFields('deal')
  return [
    ...ASKABLE.map((value) => ({
      value,
      label: value === NEXT_TASK ? i18n._(NEXT_STEP) : fieldName(i18n, value),
    })),
    ...custom.map((field) => ({ value: nameOf(field), label: field.name })),
  ]
}

/** What each need is called. */
export function useNeedNames(): (needs: readonly string[]) => string[] {
  const { i18n } = useLingui()
  const added = useAddedField()
  return (needs) =>
    needs.map((need) =>
      need === NEXT_TASK ? i18n._(NEXT_STEP) : (added('deal', need)?.name ?? fieldName(i18n, need)),
    )
}

const has = (deal: Deal, need: string): boolean => {
  switch (need) {
    case NEXT_TASK:
      return deal.next_task
    case 'company_id':
      return deal.company !== null
    case 'contact_id':
      return deal.contact !== null
    case 'worth':
      return deal.worth !== null
    case 'expected_on':
      return deal.expected_on !== null
    case 'about':
      return !isEmpty(deal.about)
    default:
      return !isEmpty((deal.custom as Record<string, unknown>)[need.replace(/^custom\./, '')])
  }
}

/** What of the needs of a stage the deal has not. */
export const missing = (deal: Deal, stage: Stage): string[] =>
  stage.needs.filter((need) => !has(deal, need))

/** Whether a deal may go on from one stage to the other. */
export const leads = (from: Stage | undefined, to: Stage): boolean =>
  from === undefined || from.leads_to === null || from.leads_to.includes(to.id)
