import { Button, SegmentedControl, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconChecks } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { tellCompaniesApart, tellPeopleApart } from '@/shared/api/generated/customers'
import type { Pair, Twin } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Clues } from './clues'
import { pairKeys, pairsQuery } from './duplicate-queries'
import type { CustomerKind } from '@/shared/labels'
import './duplicates.css'

type Props = { kind: CustomerKind; onKind: (kind: CustomerKind) => void }

/** Records that may be there twice, and why. */
export function DuplicatesPage({ kind, onKind }: Props) {
  const { t } = useLingui()
  const companies = useMay('customers.company', 'read')
  const people = useMay('customers.person', 'read')
  return (
    <Page
      title={t`Duplicates`}
      filters={
        companies &&
        people && (
          <SegmentedControl
            aria-label={t`Of what`}
            value={kind}
            onChange={(chosen) => onKind(chosen === 'person' ? 'person' : 'company')}
            data={[
              { value: 'company', label: t`Companies` },
              { value: 'person', label: t`People` },
            ]}
          />
        )
      }
    >
      <div className="g-card">
        <Pairs key={kind} kind={kind} />
      </div>
    </Page>
  )
}

function Pairs({ kind }: { kind: CustomerKind }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(pairsQuery(kind))
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={4} height={64} />
  const pairs = rowsOf(source.data)
  if (pairs.length === 0) {
    return (
      <EmptyState
        icon={IconChecks}
        title={t`Nothing is there twice`}
        text={t`Two records that may be one appear here, whichever way they came.`}
      />
    )
  }
  return (
    <>
      <ul className="dup-pairs">
        {pairs.map((pair) => (
          <Row key={pair.id} kind={kind} pair={pair} />
        ))}
      </ul>
      <ShowMore source={source} />
    </>
  )
}

function Row({ kind, pair }: { kind: CustomerKind; pair: Pair }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const mayMerge = useMay(kind === 'company' ? 'customers.company' : 'customers.person', 'merge')
  const { score } = pair
  const apart = useMutation({
    mutationFn: () => (kind === 'company' ? tellCompaniesApart(pair.id) : tellPeopleApart(pair.id)),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: pairKeys.all }),
  })
  return (
    <li>
      <Record kind={kind} twin={pair.one} />
      <Record kind={kind} twin={pair.other} />
      <div className="dup-why">
        <Text span size="sm" fw={560} className="g-num">
          {t`${score} of 100`}
        </Text>
        <Clues clues={pair.clues} />
      </div>
      {mayMerge && (
        <div className="dup-do">
          <Button
            component={Link}
            to={`/merge?of=${kind}&one=${pair.one.id}&other=${pair.other.id}`}
            size="compact-sm"
            variant="default"
          >{t`Compare`}</Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={apart.isPending}
            onClick={() => apart.mutate()}
          >
            {t`They are two`}
          </Button>
        </div>
      )}
    </li>
  )
}

function Record({ kind, twin }: { kind: CustomerKind; twin: Twin }) {
  const { t } = useLingui()
  return (
    <div className="dup-twin">
      <Link
        to={kind === 'company' ? '/companies/$id' : '/people/$id'}
        params={{ id: twin.id }}
        className="g-link"
      >
        {twin.name}
      </Link>
      <Text size="xs" c="dimmed">
        {[twin.city, twin.owner_name].filter(Boolean).join(' · ')} · {t`added`}{' '}
        <RelativeTime at={twin.created_at} />
      </Text>
    </div>
  )
}
