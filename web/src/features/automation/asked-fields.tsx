import { ActionIcon, Button } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { IconFilterPlus, IconTrash } from '@tabler/icons-react'
import { useAskable } from '@/shared/reference'
import { LeafFields } from '@/ui/conditions/leaf-fields'
import type { RuleValues } from './rule-model'

type Props = { form: UseFormReturnType<RuleValues>; fixed: boolean }

/** What a rule asks of fields that were added: all of it has to hold. */
export function AskedFields({ form, fixed }: Props) {
  const { t } = useLingui()
  const fields = useAskable('sales.deal')?.filter(({ name }) => name.startsWith('custom.'))
  if (!fields) return null
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
              kind="deal"
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
