import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { GrantInput, Guarded } from '@/shared/api/generated/model'
import { kindOf, nameOf, useCustomFields } from '@/shared/custom-fields'
import { useConditionWords } from '@/shared/condition-words'
import { useRightWords } from '@/shared/rights-words'
import { cellOf, levelOf, withLevel, withoutCondition, type Grants, type Level } from './role-model'

type Props = {
  known: Guarded
  grants: Grants
  other: Grants | undefined
  fixed: boolean
  onChange: (grants: GrantInput[]) => void
}

/** What a role lets be done with each field of a kind, and on what condition it grants at all. */
export function RoleFields({ known, grants, other, fixed, onChange }: Props) {
  const { t } = useLingui()
  const words = useRightWords()
  const condition = useConditionWords()
  const { object } = known
  const added = useCustomFields(kindOf(known.object))
  const fields = [...known.fields, ...(known.custom ? added.map(nameOf) : [])]
  const sees = cellOf(grants, object, 'read').length > 0
  const LEVELS: Record<Level, string> = {
    editable: t({ message: 'Editable', context: 'field' }),
    readable: t({ message: 'Readable', context: 'field' }),
    hidden: t({ message: 'Hidden', context: 'field' }),
  }
  const conditions = grants.filter((grant) => grant.object === object && grant.condition)
  return (
    <div className="mx-inner">
      {conditions.map((grant, at) => {
        const what = words.operation(grant.operation)
        const told = grant.condition ? condition(grant.condition) : ''
        return (
          // oxlint-disable-next-line react/no-array-index-key -- grants have no names of their own
          <div key={`${grant.operation}-${at}`} className="mx-condition">
            <Text size="sm">{t`May ${what} only where: ${told}.`}</Text>
            <Text size="xs" c="dimmed">{t`Conditions are written through the API.`}</Text>
            {!fixed && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => onChange(withoutCondition(grants, object, grant.operation))}
              >
                {t`Take the condition away`}
              </Button>
            )}
          </div>
        )
      })}
      {fields.length > 0 && (
        <Text size="sm" c="dimmed">
          {sees
            ? t`What one may do with each field of the records one reaches:`
            : t`Fields can be hidden from a role that may see the records.`}
        </Text>
      )}
      <div className="mx-levels">
        {fields.map((field) => {
          const level = levelOf(grants, object, field)
          const there = other && levelOf(other, object, field)
          const thereWord = there && LEVELS[there]
          const name = words.field(field, object)
          return (
            <label key={field} data-field={field}>
              <span>{name}</span>
              <select
                value={level}
                data-level={level}
                data-differs={(there !== undefined && there !== level) || undefined}
                disabled={fixed || !sees}
                onChange={(event) =>
                  onChange(withLevel(grants, object, field, event.currentTarget.value as Level))
                }
              >
                {Object.entries(LEVELS).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
              {there !== undefined && there !== level && (
                <span className="mx-there">{t`there: ${thereWord}`}</span>
              )}
            </label>
          )
        })}
      </div>
    </div>
  )
}
