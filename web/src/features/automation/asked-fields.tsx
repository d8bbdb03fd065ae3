import { ActionIcon, Button } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { IconFilterPlus, IconTrash } from '@tabler/icons-react'
import type { AskableField } from '@/shared/api/generated/model'
import { useAskable } from '@/shared/reference'
import { LeafFields } from '@/ui/conditions/leaf-fields'
import { ASKED_OF, aboutOf } from './about'
import type { RuleValues } from './rule-model'

type Props = { form: UseFormReturnType<RuleValues>; fixed: boolean }

const inNobodysName = (field: AskableField): AskableField => ({
  ...field,
  operators: field.operators.filter((op) => op !== 'is_me'),
})

/** What a rule asks: of a deal its added fields and segments, else all there is. All has to hold. */
export function AskedFields({ form, fixed }: Props) {
  const { t } = useLingui()
  const about = aboutOf(form.values.happens)
  const fields = useAskable(ASKED_OF[about])
    ?.filter(
      ({ name, type }) =>
        type !== 'sealed' &&
        (about !== 'deal' || name.startsWith('custom.') || name === 'segment_id'),
    )
    .map(inNobodysName)
  if (!fields || fields.length === 0) return null
  return (
    <>
      {form.values.asked.map((leaf, index) => {
        const number = index + 1
        const problem = form.errors[`asked.${index}`] as string | undefined
        return (
          // oxlint-disable-next-line react/no-array-index-key -- a condition is its place
          <div key={index} className="st" role="group" aria-label={t`Condition ${number}`}>
            <span className="st-icon" aria-hidden="true">
              <IconFilterPlus size={17} stroke={1.6} />
            </span>
            <LeafFields
              fields={fields}
              kind={about}
              amid
              leaf={leaf.field ? leaf : undefined}
              problems={[problem]}
              onChange={(told) => {
                form.setFieldValue(`asked.${index}`, told)
                form.clearFieldError(`asked.${index}`)
              }}
            />
            {!fixed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t`Remove condition ${number}`}
                onClick={() => form.removeListItem('asked', index)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        )
      })}
      {!fixed && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: 'start' }}
          leftSection={<IconFilterPlus size={16} />}
          onClick={() => form.insertListItem('asked', { field: '', op: 'eq', value: null })}
        >
          {t`Only with a certain value of a field`}
        </Button>
      )}
    </>
  )
}
