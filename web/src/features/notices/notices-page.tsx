import { Button, SegmentedControl } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconBell, IconChecks } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { rowsOf } from '@/shared/lib/list'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { useKey } from '@/ui/use-key'
import { useMark } from './changes'
import { NoticeRow } from './notice-row'
import { noticesQuery } from './queries'
import './notices.css'

type Props = { unread: boolean; onUnread: (unread: boolean) => void }

/** What one was told of, the newest first. */
export function NoticesPage({ unread, onUnread }: Props) {
  const { t } = useLingui()
  const source = useInfiniteQuery(noticesQuery(unread))
  const mark = useMark()
  const rows = rowsOf(source.data)
  const newest = rows[0]
  const left = rows.filter((row) => !row.read).length
  const readAll = () => newest && mark.mutate({ until: newest.at })
  useKey('shift+R', readAll)
  const step = (by: number) => () => {
    const all = [...document.querySelectorAll<HTMLElement>('.nt-row .nt-open')]
    const at = all.indexOf(document.activeElement as HTMLElement)
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus()
  }
  useKey('j', step(1))
  useKey('k', step(-1))
  return (
    <Page
      title={t`Notices`}
      hint={left > 0 && <Plural value={left} one="# unread" other="# unread" />}
      filters={
        <SegmentedControl
          aria-label={t`Which notices`}
          value={unread ? 'unread' : 'all'}
          onChange={(chosen) => onUnread(chosen === 'unread')}
          data={[
            { value: 'all', label: t({ message: 'All', context: 'notices' }) },
            { value: 'unread', label: t({ message: 'Unread', context: 'notices' }) },
          ]}
        />
      }
      actions={
        <Button
          variant="default"
          leftSection={<IconChecks size={16} />}
          disabled={left === 0}
          onClick={readAll}
          title={t`Shift R`}
        >
          {t`Mark all as read`}
        </Button>
      }
    >
      <Section title={unread ? t`Unread` : t`All of them`}>
        {source.error && !source.data ? (
          <Failure error={source.error} onRetry={() => void source.refetch()} />
        ) : source.isPending ? (
          <ListSkeleton rows={6} height={52} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={IconBell}
            title={t`Nothing new`}
            text={t`What is given to you, what becomes of your deals and what is due is told here. What of it, and how, you choose in the settings.`}
          />
        ) : (
          <ul className="nt-list">
            {rows.map((row) => (
              <NoticeRow key={row.id} notice={row} onMark={mark.mutate} />
            ))}
          </ul>
        )}
        <ShowMore source={source} />
      </Section>
    </Page>
  )
}
