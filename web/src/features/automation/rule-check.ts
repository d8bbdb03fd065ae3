import { useLingui } from '@lingui/react/macro'
import type { FormErrors } from '@mantine/form'
import { useAskable } from '@/shared/reference'
import { useLeafProblems } from '@/ui/conditions/leaf-fields'
import { useEntryProblems } from '@/ui/entry-problems'
import { ASKED_OF, aboutOf, isCrossing } from './about'
import type { RuleValues } from './rule-model'

/** What is wrong with a rule as its form holds it. */
export function useRuleCheck() {
  const { t } = useLingui()
  const problems = useEntryProblems()
  const problemsOf = useLeafProblems()
  const deal = useAskable(ASKED_OF.deal)
  const company = useAskable(ASKED_OF.company)
  const person = useAskable(ASKED_OF.person)
  return (values: RuleValues): FormErrors => {
    const errors: FormErrors = {}
    if (!values.name.trim()) errors['name'] = t`Name the rule`
    const over = problems.sum(values.over)
    if (over) errors['over'] = over
    const fields = { deal, company, person }[aboutOf(values.happens)]
    if (isCrossing(values.happens) && !values.segment_id) {
      errors['segment_id'] = t`Choose a segment`
    }
    for (const [index, leaf] of values.asked.entries()) {
      const wrong = leaf.field
        ? problemsOf(
            leaf,
            fields?.find(({ name }) => name === leaf.field),
          ).find(Boolean)
        : t`Choose a field`
      if (wrong) errors[`asked.${index}`] = wrong
    }
    if (!values.quote && !values.happens && !values.stage_id) errors['stage_id'] = t`Choose a stage`
    for (const [index, step] of values.steps.entries()) {
      const at = `steps.${index}`
      if (step.type === 'send-letter' && !step.template_id) {
        errors[`${at}.template_id`] = t`Choose a template`
      }
      if (step.type === 'add-task') {
        if (!step.title.trim()) errors[`${at}.title`] = t`Say what is to be done`
        if (!(Number(step.hours) > 0)) errors[`${at}.hours`] = t`More than zero`
      }
      if (step.type === 'assign' && step.people.length === 0 && !step.team_id) {
        errors[`${at}.people`] = t`Choose to whom`
      }
      if (step.type === 'set-fields' && Object.keys(step.custom).length === 0) {
        errors[`${at}.custom`] = t`Choose a field`
      }
      if (step.type === 'set-tags' && step.add.length + step.remove.length === 0) {
        errors[`${at}.add`] = t`Name a tag`
      }
      if (step.type === 'call-webhook' && !/^https?:\/\/\S+$/.test(step.url.trim())) {
        errors[`${at}.url`] = t`An address that begins with https://`
      }
    }
    return errors
  }
}
