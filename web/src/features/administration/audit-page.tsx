import { Button, Menu } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { notifications } from '@mantine/notifications'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { proofIsFresh } from '@/shared/api/generated/session'
import { useProblemText } from '@/shared/i18n/problems'
import { rowsOf } from '@/shared/lib/list'
import { download } from '@/shared/lib/save-file'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { AuditEntries } from './audit-entries'
import { AuditFilters } from './audit-filters'
import { auditQuery, exportUrl, paramsOf, type AuditSearch } from './audit-queries'
import './audit.css'

type Props = { search: AuditSearch; onSearch: (search: AuditSearch) => void }

/** Who did what, when, from where and why: over everything, narrowed down by the address. */
export function AuditPage({ search, onSearch }: Props) {
  const { t } = useLingui()
  const mayExport = useMay('administration.audit', 'export')
  const source = useInfiniteQuery(auditQuery(search))
  const entries = rowsOf(source.data)
  const narrowed = Object.keys(paramsOf(search)).length > 0
  return (
    <Page title={t`Audit`} actions={mayExport && <Export search={search} />}>
      <AuditFilters search={search} onSearch={onSearch} />
      <div className="g-card" aria-busy={source.isFetching} data-old={source.isPlaceholderData}>
        {source.error && (!source.data || source.isPlaceholderData) ? (
          <Failure error={source.error} onRetry={() => void source.refetch()} />
        ) : source.isPending ? (
          <ListSkeleton rows={8} height={56} />
        ) : entries.length === 0 ? (
          <EmptyState
            icon={IconHistory}
            title={narrowed ? t`Nothing like this has happened` : t`Nothing has happened yet.`}
            text={narrowed && t`Loosen a filter, or clear them all.`}
            action={
              narrowed && (
                <Button variant="default" onClick={() => onSearch({})}>
                  {t`Clear the filters`}
                </Button>
              )
            }
          />
        ) : (
          <>
            <AuditEntries entries={entries} onSearch={onSearch} />
            <ShowMore source={source} />
          </>
        )}
      </div>
    </Page>
  )
}

function Export({ search }: { search: AuditSearch }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'jsonl') => {
      await proofIsFresh()
      download(exportUrl(search, format))
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          {t`Export`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate('csv')}>{t`For a spreadsheet (CSV)`}</Menu.Item>
        <Menu.Item onClick={() => save.mutate('jsonl')}>{t`For a program (JSON lines)`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
