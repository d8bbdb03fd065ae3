import { Button, SegmentedControl, Select, Text } from '@mantine/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DeletedRecord } from '@/shared/api/generated/model'
import { given, listQuery, pageSize, rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { useBringBack } from '@/ui/deleted/bring-back'
import { DELETED, DELETING, type DeletedKind } from '@/ui/deleted/kinds'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { OwnerSelect } from '@/ui/owner-select'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import './deleted.css'

export type DeletedSearch = {
  of?: DeletedKind | undefined
  /** Deleted by whom. */
  by?: string | undefined
  /** Within so many days. */
  days?: number | undefined
}

type Props = { search: DeletedSearch; onSearch: (search: DeletedSearch) => void }

const DAY = 86_400_000
const DAYS = [1, 7] as const

/** What was deleted within thirty days, to be brought back. */
export function DeletedPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const kinds = useKinds()
  const kind = kinds.find(({ value }) => value === search.of)?.value ?? kinds[0]?.value
  const { by, days } = search
  return (
    <Page
      title={t({ message: 'Deleted', context: 'records' })}
      hint={t`Each is kept for 30 days.`}
      filters={
        <>
          {kinds.length > 1 && (
            <SegmentedControl
              aria-label={t`Of what`}
              value={kind ?? ''}
              onChange={(of) => onSearch({ ...search, of: of as DeletedKind })}
              data={kinds}
            />
          )}
          <OwnerSelect
            aria-label={t`Deleted by`}
            placeholder={t`By anybody`}
            w={196}
            clearable
            value={by ?? null}
            onChange={(chosen) => onSearch({ ...search, by: chosen ?? undefined })}
          />
          <Select
            aria-label={t`When`}
            placeholder={t`At any time`}
            w={170}
            clearable
            value={days === undefined ? null : String(days)}
            onChange={(chosen) =>
              onSearch({ ...search, days: chosen === null ? undefined : Number(chosen) })
            }
            data={DAYS.map((many) => ({
              value: String(many),
              label: many === 1 ? t`Within a day` : t`Within a week`,
            }))}
          />
        </>
      }
    >
      <div className="g-card">{kind && <Records key={kind} kind={kind} by={by} days={days} />}</div>
    </Page>
  )
}

function useKinds() {
  const { t } = useLingui()
  const all: { value: DeletedKind; label: string; may: boolean }[] = [
    { value: 'company', label: t`Companies`, may: useMay('customers.company', 'read') },
    { value: 'person', label: t`People`, may: useMay('customers.person', 'read') },
    { value: 'deal', label: t`Deals`, may: useMay('sales.deal', 'read') },
    { value: 'task', label: t`Tasks`, may: useMay('activities.task', 'read') },
    { value: 'meeting', label: t`Meetings`, may: useMay('activities.meeting', 'read') },
  ]
  return all.filter(({ may }) => may).map(({ value, label }) => ({ value, label }))
}

const deletedQuery = (kind: DeletedKind, by: string | undefined, days: number | undefined) =>
  listQuery(['deleted', kind, by ?? '', days ?? 0] as const, (after, signal) => {
    const since = days ? new Date(Date.now() - days * DAY).toISOString() : undefined
    return DELETED[kind].deleted(given({ by_id: by, since, limit: pageSize(after), after }), {
      signal,
    })
  })

type RecordsProps = { kind: DeletedKind; by: string | undefined; days: number | undefined }

function Records({ kind, by, days }: RecordsProps) {
  const { t } = useLingui()
  const source = useInfiniteQuery(deletedQuery(kind, by, days))
  const restore = useBringBack(kind)
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={4} height={56} />
  const records = rowsOf(source.data)
  if (records.length === 0) {
    return (
      <EmptyState
        icon={IconTrash}
        title={t`Nothing was deleted`}
        text={t`What is deleted appears here, and can be brought back for 30 days.`}
      />
    )
  }
  return (
    <>
      <ul className="del-list">
        {records.map((record) => (
          <li key={record.id}>
            <Told kind={kind} record={record} />
            {record.restorable && (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconArrowBackUp size={14} />}
                loading={restore.isPending && restore.variables.id === record.id}
                onClick={() => restore.mutate(record)}
              >
                {t`Bring back`}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ShowMore source={source} />
    </>
  )
}

function Told({ kind, record }: { kind: DeletedKind; record: DeletedRecord }) {
  const { t } = useLingui()
  const by = record.by_name ?? t`Gausdo`
  const owner = record.owner_name
  return (
    <div className="del-told">
      {kind === 'task' || kind === 'meeting' ? (
        <span>{record.name}</span>
      ) : (
        <Link to={DELETING[kind].page} params={{ id: record.id }} className="g-link">
          {record.name}
        </Link>
      )}
      <Text size="xs" c="dimmed">
        {owner && `${t`Owner`}: ${owner} · `}
        <Trans>
          deleted by {by} <RelativeTime at={record.at} />
        </Trans>
      </Text>
    </div>
  )
}
