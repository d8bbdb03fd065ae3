import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconChecklist, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { runJobAgain, stopJob } from '@/shared/api/generated/administration'
import type { Job } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { jobsQuery } from './audit-queries'
import './audit.css'

/** Background work: what runs, what waits for its time, what has failed for good. */
export function JobsPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(jobsQuery())
  return (
    <Page
      title={t`Jobs`}
      hint={data && data.length > 0 && <Plural value={data.length} one="# job" other="# jobs" />}
    >
      <div className="g-card">
        {error && !data ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !data ? (
          <ListSkeleton rows={5} height={48} />
        ) : data.length === 0 ? (
          <EmptyState
            icon={IconChecklist}
            title={t`No job waits, runs or has failed`}
            text={t`What was done is not listed. Failed jobs stay here for a month.`}
          />
        ) : (
          <ul className="op">
            {data.map((job) => (
              <Row key={job.id} job={job} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  )
}

function Row({ job }: { job: Job }) {
  const { t } = useLingui()
  const mayEdit = useMay('administration.jobs', 'edit')
  const queries = useQueryClient()
  const problemText = useProblemText()
  const failed = job.state === 'failed'
  const { attempts } = job
  const act = useMutation({
    mutationFn: () => (failed ? runJobAgain(job.id) : stopJob(job.id)),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: jobsQuery().queryKey }),
  })
  const args = Object.keys(job.args).length > 0 ? JSON.stringify(job.args) : undefined
  return (
    <li>
      <div className="op-head">
        <b>{job.task}</b>
        {failed && <Tag tone="red">{t({ message: 'Failed', context: 'job' })}</Tag>}
        {job.state === 'running' && (
          <Tag tone="blue">{t({ message: 'Running', context: 'job' })}</Tag>
        )}
        {job.state === 'waiting' && <Tag>{t({ message: 'Waiting', context: 'job' })}</Tag>}
      </div>
      {mayEdit && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={failed ? <IconRefresh size={14} /> : <IconPlayerStop size={14} />}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          {failed ? t`Run again` : t({ message: 'Stop', context: 'a job' })}
        </Button>
      )}
      <div className="op-told">
        <Plural value={attempts} one="# try" other="# tries" />
        {job.since && (
          <>
            {' · '}
            <RelativeTime at={job.since} />
          </>
        )}
        {job.due_at && job.state === 'waiting' && (
          <>
            {' · '}
            {t`due`} <RelativeTime at={job.due_at} />
          </>
        )}
        {args && ` · ${args}`}
      </div>
    </li>
  )
}
