import { Button, Group, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { getRefusedFileUrl } from '@/shared/api/generated/integrations'
import type { FileImport, Lookalikes, RefusedRow } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { rowsOf } from '@/shared/lib/list'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { useCorrectRow } from './changes'
import { refusedQuery } from './queries'
import { reasonText } from './words'

const ENDED = new Set(['done', 'stopped'])

/** The rows that were not brought in and why: to be corrected here, or in a file. */
export function RefusedRows({ told, may }: { told: FileImport; may: boolean }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(refusedQuery(told.id, told.counts.refused))
  const rows = rowsOf(source.data)
  const mayCorrect = may && ENDED.has(told.state)
  return (
    <Section
      title={t`Refused rows`}
      actions={
        <Button
          component="a"
          href={getRefusedFileUrl(told.id)}
          download
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} />}
        >
          {t`Download as CSV`}
        </Button>
      }
    >
      {source.isPending ? (
        <ListSkeleton rows={3} height={48} />
      ) : (
        <ul className="im-refused">
          {rows.map((row) => (
            <Row key={row.id} told={told} row={row} mayCorrect={mayCorrect} />
          ))}
        </ul>
      )}
      <ShowMore source={source} />
    </Section>
  )
}

type RowProps = { told: FileImport; row: RefusedRow; mayCorrect: boolean }

function Row({ told, row, mayCorrect }: RowProps) {
  const { t, i18n } = useLingui()
  const [open, setOpen] = useState(false)
  const { line } = row
  const asked = row.why.code === 'imports.looks-like'
  const column = row.column === null ? undefined : told.columns[row.column]?.name
  return (
    <li>
      <div className="im-why">
        <Text size="sm" fw={540}>
          {t`Line ${line}`}
          {column && ` · ${column}`}
        </Text>
        <Text size="sm" c="var(--g-danger)">
          {reasonText(i18n, row.why)}
        </Text>
        {!open && (
          <Text size="xs" c="dimmed" truncate title={row.cells.filter(Boolean).join(' · ')}>
            {row.cells.filter(Boolean).join(' · ')}
          </Text>
        )}
      </div>
      {mayCorrect && !open && (
        <Group gap="xs" className={asked ? 'im-asked' : undefined}>
          {asked && <Same told={told} row={row} />}
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {t`Correct`}
          </Button>
        </Group>
      )}
      {open && <Correction told={told} row={row} onClose={() => setOpen(false)} />}
    </li>
  )
}

/** Whether a row that looks like a record is the same. */
function Same({ told, row }: { told: FileImport; row: RefusedRow }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const correct = useCorrectRow(told.id)
  const say = (lookalikes: Lookalikes) =>
    correct.mutate(
      { row: row.id, cells: row.cells, lookalikes },
      { onError: (error) => notifications.show({ color: 'red', message: problemText(error) }) },
    )
  const pending = correct.isPending ? correct.variables.lookalikes : undefined
  return (
    <>
      {!!row.why.data?.id && (
        <Button
          size="compact-sm"
          loading={pending === 'update'}
          disabled={correct.isPending}
          onClick={() => say('update')}
        >
          {t`It is the same: update`}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        loading={pending === 'create'}
        disabled={correct.isPending}
        onClick={() => say('create')}
      >
        {t`It is another: add`}
      </Button>
    </>
  )
}

type CorrectionProps = { told: FileImport; row: RefusedRow; onClose: () => void }

function Correction({ told, row, onClose }: CorrectionProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const correct = useCorrectRow(told.id)
  const [cells, setCells] = useState(() => told.columns.map((_, at) => row.cells[at] ?? ''))
  function submit(event: FormEvent) {
    event.preventDefault()
    correct.mutate({ row: row.id, cells })
  }
  return (
    <form className="im-correction" onSubmit={submit}>
      {told.columns.map(
        (column, at) =>
          column.field && (
            <TextInput
              // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity
              key={at}
              label={column.name}
              value={cells[at] ?? ''}
              onChange={(event) => setCells(cells.with(at, event.currentTarget.value))}
              data-autofocus={at === row.column || undefined}
            />
          ),
      )}
      {correct.error && (
        <Text size="sm" c="var(--g-danger)" role="alert">
          {problemText(correct.error)}
        </Text>
      )}
      <Group gap="xs">
        <Button type="submit" size="compact-sm" loading={correct.isPending}>
          {t`Try again`}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t`Cancel`}
        </Button>
      </Group>
    </form>
  )
}
