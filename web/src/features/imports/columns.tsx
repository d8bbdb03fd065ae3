import { Select, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import type { FileImport } from '@/shared/api/generated/model'
import { isToldForMany, nameOf, useCustomFields } from '@/shared/custom-fields'
import { useProblemText } from '@/shared/i18n/problems'
import { useChangeImport } from './changes'
import { columnField, isReady, RECORDS } from './words'

/** Fields that several columns may be for. */
const LISTS = new Set(['phones', 'emails', 'links', 'tags', 'contact_phones', 'contact_emails'])

/** Which column is for which field; each choice is kept at once. */
export function Columns({ told }: { told: FileImport }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const change = useChangeImport(told.id)
  const fields = told.columns.map((column) => column.field)
  const needed = columnField(i18n, told.kind, told.needed)
  const choose = (at: number, field: string | null) => {
    // a field has one column: the one chosen last
    const others = fields.map((one) => (one === field && !LISTS.has(one ?? '') ? null : one))
    change.mutate(
      { version: told.version, fields: others.with(at, field) },
      { onError: (error) => notifications.show({ color: 'red', message: problemText(error) }) },
    )
  }
  // what is worked out is not told by files
  const added = useCustomFields(RECORDS[told.kind]).filter((field) => isToldForMany(field))
  const data = [
    ...told.fields.map((value) => ({ value, label: columnField(i18n, told.kind, value) })),
    ...added.map((field) => ({ value: nameOf(field), label: field.name })),
  ]
  return (
    <>
      {!isReady(told) && (
        <Text size="sm" c="var(--g-danger)" pb="xs" role="alert">
          {t`Say which column is for “${needed}”: nothing can be brought in without it.`}
        </Text>
      )}
      <ul className="im-columns">
        {told.columns.map((column, at) => {
          const number = at + 1
          const name = column.name || t`Column ${number}`
          return (
            // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity
            <li key={at}>
              <div className="im-column">
                <b title={name}>{name}</b>
                <Text size="xs" c="dimmed" truncate title={column.samples.join(' · ')}>
                  {column.samples.join(' · ') || t`empty`}
                </Text>
              </div>
              <Select
                aria-label={t`Field for the column “${name}”`}
                placeholder={t`Left out`}
                data={data}
                value={column.field}
                onChange={(field) => choose(at, field)}
                disabled={change.isPending}
                clearable
                searchable
              />
            </li>
          )
        })}
      </ul>
    </>
  )
}
