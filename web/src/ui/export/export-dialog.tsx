import { Alert, Button, Group, Modal, Radio, Select, Stack } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getExportCompaniesUrl,
  getExportDealsUrl,
  getExportMeetingsUrl,
  getExportPeopleUrl,
  getExportTasksUrl,
} from '@/shared/api/generated/exports'
import type { ExportDealsParams, Format, Separator } from '@/shared/api/generated/model'
import { proofIsFresh } from '@/shared/api/generated/session'
import { filterOf, partsOf } from '@/shared/conditions'
import { useProblemText } from '@/shared/i18n/problems'
import { given } from '@/shared/lib/list'
import { download } from '@/shared/lib/save-file'
import type { ListState } from '@/shared/views'
import { useFocusBack } from '@/ui/use-focus-back'
import type { ExportedKind } from './export-button'

const URLS = {
  company: getExportCompaniesUrl,
  person: getExportPeopleUrl,
  deal: getExportDealsUrl,
  task: getExportTasksUrl,
  meeting: getExportMeetingsUrl,
}

/** As each list opens, where nothing else is chosen. */
const SORTS: Record<ExportedKind, string> = {
  company: 'name',
  person: 'name',
  deal: '-created_at',
  task: 'due_at',
  meeting: 'begins_at',
}

/** What files call the columns of lists, where they call them otherwise. */
const COLUMNS: Record<string, readonly string[]> = {
  phone: ['phones'],
  email: ['emails'],
  changed: ['changed_at'],
  created: ['created_at'],
  worth: ['amount', 'currency'],
  expected: ['expected_on'],
  next: ['next_task_at'],
  due: ['due_at'],
  done: ['done_at'],
}

type Props = { kind: ExportedKind; state: ListState; shown: readonly string[]; onClose: () => void }

/** Which file a list is taken out as; the browser shows how it comes, and stops it. */
export function ExportDialog(props: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={props.onClose} title={t`Export the list`}>
      <ExportForm {...props} />
    </Modal>
  )
}

function ExportForm({ kind, state, shown, onClose }: Props) {
  const { t, i18n } = useLingui()
  const problem = useProblemText()
  const language = i18n.locale === 'ru' ? 'ru' : 'en'
  const [format, setFormat] = useLocalStorage<Format>({
    key: 'export.format',
    defaultValue: 'xlsx',
  })
  const [separator, setSeparator] = useLocalStorage<Separator>({
    key: 'export.separator',
    defaultValue: language === 'ru' ? 'semicolon' : 'comma',
  })
  const [which, setWhich] = useState(shown.length > 0 ? 'shown' : 'all')
  const columns = shown.flatMap((id) => COLUMNS[id] ?? [id])
  const save = useMutation({
    mutationFn: async () => {
      await proofIsFresh()
      const asked: ExportDealsParams = {
        format,
        language,
        sort: state.sort ?? SORTS[kind],
        ...given({ q: state.q, filter: filterOf(partsOf(state.filter)) }),
        ...(format === 'csv' && { separator }),
        ...(which === 'shown' && { columns: columns.join(',') }),
      }
      download(URLS[kind](asked))
    },
    onSuccess: onClose,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="md">
        <Select
          label={t`Kind of file`}
          data-autofocus
          allowDeselect={false}
          data={[
            { value: 'xlsx', label: t`Workbook (XLSX)` },
            { value: 'csv', label: t`Table of texts (CSV)` },
            { value: 'jsonl', label: t`For a program (JSON lines)` },
            { value: 'parquet', label: t`For analysis (Parquet)` },
          ]}
          value={format}
          onChange={(value) => value && setFormat(value as Format)}
        />
        {format === 'csv' && (
          <Radio.Group
            label={t`Between cells`}
            value={separator}
            onChange={(value) => setSeparator(value as Separator)}
          >
            <Stack gap={6} mt={6}>
              <Radio value="comma" label={t`A comma: 1500.00,RUB`} />
              <Radio value="semicolon" label={t`A semicolon: 1500,00;RUB`} />
            </Stack>
          </Radio.Group>
        )}
        {shown.length > 0 && (
          <Radio.Group label={t`Columns`} value={which} onChange={setWhich}>
            <Stack gap={6} mt={6}>
              <Radio value="shown" label={t`Those of the list, as they stand`} />
              <Radio value="all" label={t`All there are`} />
            </Stack>
          </Radio.Group>
        )}
        {save.error && (
          <Alert color="red" role="alert">
            {problem(save.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t({ message: 'Export', context: 'verb' })}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
