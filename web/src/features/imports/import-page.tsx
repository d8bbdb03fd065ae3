import { Alert, Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconAlertCircle, IconPlayerPlay, IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { FileImport } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay, useMe } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { RecordSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useWay } from './changes'
import { Columns } from './columns'
import { HowRows } from './how-rows'
import { Progress } from './progress'
import { importQuery } from './queries'
import { RefusedRows } from './refused-rows'
import { Undo } from './undo'
import { isReady, KINDS, reasonText, STATES, stepOf } from './words'
import './imports.css'

/** One file on its way: its columns, what would become of its rows, what became of them. */
export function ImportPage({ id }: { id: string }) {
  const { t, i18n } = useLingui()
  const { data: told, error, refetch } = useQuery(importQuery(id))
  if (!told) {
    return (
      <Page title={t`Import`}>
        {error ? <Failure error={error} onRetry={() => void refetch()} /> : <RecordSkeleton />}
      </Page>
    )
  }
  const state = STATES[told.state]
  return (
    <Page
      title={told.name}
      hint={
        <>
          {i18n._(KINDS[told.kind])} <Tag tone={state.tone}>{i18n._(state.word)}</Tag>
        </>
      }
    >
      <Steps at={stepOf(told)} />
      <Whole told={told} />
    </Page>
  )
}

function Steps({ at }: { at: number }) {
  const { t } = useLingui()
  const steps = [t`File`, t`Columns`, t`Check`, t`Import`, t`Result`]
  return (
    <ol className="im-steps" aria-label={t`Steps`}>
      {steps.map((step, number) => (
        <li key={step} aria-current={number === at ? 'step' : undefined} data-past={number < at}>
          {step}
        </li>
      ))}
    </ol>
  )
}

const ENDED = new Set(['done', 'stopped', 'failed'])
const BEFORE = new Set(['new', 'checked', 'failed'])

function Whole({ told }: { told: FileImport }) {
  const { t, i18n } = useLingui()
  const mine = useMe().user.id === told.owner_id
  const mayEdit = useMay('integrations.import', 'edit')
  const may = mine || mayEdit
  const brought = told.counts.created + told.counts.updated
  const before = may && BEFORE.has(told.state)
  return (
    <>
      {told.trouble && (
        <Alert
          role="alert"
          variant="default"
          icon={<IconAlertCircle color="var(--g-danger)" aria-hidden="true" />}
        >
          {reasonText(i18n, told.trouble)}
        </Alert>
      )}
      {told.state !== 'new' && <Progress told={told} may={may} />}
      {before && (
        <>
          <Section title={t`What the columns are for`}>
            <Columns key={told.version} told={told} />
          </Section>
          <Section title={t`What becomes of the rows`}>
            <HowRows told={told} />
            <Go told={told} />
          </Section>
        </>
      )}
      {(told.undo ?? (may && ENDED.has(told.state) && brought > 0)) && (
        <Undo told={told} may={may} />
      )}
      {told.counts.refused > 0 && <RefusedRows told={told} may={may} />}
    </>
  )
}

function Go({ told }: { told: FileImport }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const way = useWay(told.id)
  const ready = isReady(told)
  const go = (what: 'check' | 'run') =>
    way.mutate(what, {
      onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
    })
  return (
    <div className="im-go">
      <Button
        variant={told.state === 'checked' ? 'default' : 'filled'}
        leftSection={<IconListCheck size={16} />}
        disabled={!ready}
        loading={way.isPending && way.variables === 'check'}
        onClick={() => go('check')}
      >
        {t`Check all rows`}
      </Button>
      <Button
        variant={told.state === 'checked' ? 'filled' : 'default'}
        leftSection={<IconPlayerPlay size={16} />}
        disabled={!ready}
        loading={way.isPending && way.variables === 'run'}
        onClick={() => go('run')}
      >
        {t({ message: 'Import', context: 'verb' })}
      </Button>
    </div>
  )
}
