import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { Looked } from '@/shared/api/generated/model'
import { mayAny, useMe, type RightName } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { healthQuery } from './audit-queries'
import './audit.css'

/** What `gausdo doctor` finds of the servers, the queues and the audit: what is wrong comes first. */
export function HealthPage() {
  const { t } = useLingui()
  const { data, error, refetch, isFetching } = useQuery(healthQuery())
  const found = data?.found.toSorted((a, b) => Number(a.well) - Number(b.well))
  return (
    <Page
      title={t`System health`}
      hint={data && <RelativeTime at={data.at} />}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={isFetching}
          onClick={() => void refetch()}
        >
          {t`Look again`}
        </Button>
      }
    >
      <div className="g-card">
        {error && !data ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !found ? (
          <ListSkeleton rows={8} height={40} />
        ) : (
          <ul className="op">
            {found.map((one) => (
              <Row key={`${one.what} ${one.told}`} found={one} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  )
}

/** Where more is told of what was looked at, to whom that is open. */
const PLACES: Record<string, { to: NonNullable<LinkProps['to']>; needs: readonly RightName[] }> = {
  audit: { to: '/administration/audit', needs: ['administration.audit.read'] },
  events: { to: '/administration/parked', needs: ['events.parked.read'] },
  jobs: { to: '/administration/jobs', needs: ['administration.jobs.read'] },
  'mail server': { to: '/administration/integrations', needs: ['communications.mail.read'] },
}

function Row({ found }: { found: Looked }) {
  const { t } = useLingui()
  const me = useMe()
  const names: Record<string, string> = {
    audit: t`Audit`,
    clock: t`Clock`,
    connections: t`Connections`,
    schema: t`Schema of the database`,
    events: t`Events`,
    jobs: t`Jobs`,
    'mail server': t`Mail server`,
    reports: t`Reports`,
    worker: t`Worker`,
  }
  const place = PLACES[found.what]
  const name = names[found.what] ?? found.what
  return (
    <li>
      <div className="op-head">
        <b>
          {place && mayAny(me, place.needs) ? (
            <Link to={place.to} className="g-link">
              {name}
            </Link>
          ) : (
            name
          )}
        </b>
        {found.well ? <Tag tone="teal">{t`Well`}</Tag> : <Tag tone="red">{t`Needs attention`}</Tag>}
      </div>
      <div className="op-told">
        {found.told}
        {found.advice && ` → ${found.advice}`}
      </div>
    </li>
  )
}
