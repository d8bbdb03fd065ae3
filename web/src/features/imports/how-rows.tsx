import { Checkbox, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import type {
  FileImport,
  FileImportChange,
  ImportPolicy,
  Lookalikes,
} from '@/shared/api/generated/model'
import { nameOf, useCustomFields } from '@/shared/custom-fields'
import { useProblemText } from '@/shared/i18n/problems'
import { useChangeImport } from './changes'
import { keyWord, LOOKALIKES, POLICIES, RECORDS } from './words'

/** Whether rows add or update, by what records are known again, and whether rules hear of it. */
export function HowRows({ told }: { told: FileImport }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const change = useChangeImport(told.id)
  const unique = useCustomFields(RECORDS[told.kind]).filter((field) => field.unique)
  const set = (wanted: Omit<FileImportChange, 'version'>) =>
    change.mutate(
      { version: told.version, ...wanted },
      { onError: (error) => notifications.show({ color: 'red', message: problemText(error) }) },
    )
  return (
    <div className="im-how">
      <Select
        label={t`Rows`}
        data={Object.entries(POLICIES).map(([value, word]) => ({ value, label: i18n._(word) }))}
        value={told.policy}
        onChange={(policy) => policy && set({ policy: policy as ImportPolicy })}
        allowDeselect={false}
        disabled={change.isPending}
      />
      {told.policy !== 'create' && (
        <Select
          label={t`A record is there when this is the same`}
          data={[
            ...told.keys.map((by) => ({ value: by, label: keyWord(i18n, told.kind, by) })),
            ...unique.map((field) => ({ value: nameOf(field), label: field.name })),
          ]}
          value={told.by}
          onChange={(by) => by && set({ by })}
          allowDeselect={false}
          disabled={change.isPending}
        />
      )}
      {told.kind !== 'deals' && told.policy !== 'update' && (
        <Select
          label={t`New rows that look like a record`}
          data={Object.entries(LOOKALIKES).map(([value, word]) => ({
            value,
            label: i18n._(word),
          }))}
          value={told.lookalikes}
          onChange={(lookalikes) => lookalikes && set({ lookalikes: lookalikes as Lookalikes })}
          allowDeselect={false}
          disabled={change.isPending}
        />
      )}
      {told.kind === 'deals' && (
        <Checkbox
          label={t`Run automation`}
          description={t`Rules send letters and make tasks for these deals, as for any others.`}
          checked={told.automation}
          onChange={(event) => set({ automation: event.currentTarget.checked })}
          disabled={change.isPending}
        />
      )}
    </div>
  )
}
