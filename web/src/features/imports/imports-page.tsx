import { Button, FileButton, SegmentedControl, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconFileImport, IconUpload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { FileImport, FileImportKind as ImportKind } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { rowsOf } from '@/shared/lib/list'
import { useColleagues, useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure, NoRights } from '@/ui/failure'
import { BackTo } from '@/ui/back-to'
import { Page, Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useUpload } from './changes'
import { importsQuery } from './queries'
import { KINDS, STATES } from './words'
import './imports.css'

type Props = { kind: ImportKind; onKind: (kind: ImportKind) => void }

/** Files that were brought in, and where another one is given. */
export function ImportsPage({ kind, onKind }: Props) {
  const { t } = useLingui()
  const mayImport = useMay('integrations.import', 'create')
  const mayRead = useMay('integrations.import', 'read')
  if (!mayImport && !mayRead) {
    return (
      <Page title={t`Imports`}>
        <NoRights back={<BackTo to="/">{t`To my day`}</BackTo>} />
      </Page>
    )
  }
  return (
    <Page title={t`Imports`}>
      {mayImport && <NewImport kind={kind} onKind={onKind} />}
      <Section title={t`So far`}>
        <Imports />
      </Section>
    </Page>
  )
}

function NewImport({ kind, onKind }: Props) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const problemText = useProblemText()
  const upload = useUpload()
  function send(file: File | null) {
    if (!file) return
    upload.mutate(
      { kind, file },
      {
        onSuccess: (told) => void navigate({ to: '/imports/$id', params: { id: told.id } }),
        onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
      },
    )
  }
  return (
    <Section title={t`A new file`}>
      <div className="im-new">
        <SegmentedControl
          aria-label={t`What is in the file`}
          value={kind}
          onChange={(chosen) => onKind(chosen as ImportKind)}
          data={Object.entries(KINDS).map(([value, word]) => ({ value, label: i18n._(word) }))}
        />
        <FileButton accept=".csv,.txt,.xlsx" onChange={send}>
          {(props) => (
            <Button {...props} leftSection={<IconUpload size={16} />} loading={upload.isPending}>
              {t`Choose a file`}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" className="im-hint">
          {t`CSV or Excel (XLSX), up to 20 MB, with the names of columns in its first row. Nothing is brought in before you have looked at it.`}
        </Text>
      </div>
    </Section>
  )
}

function Imports() {
  const { t } = useLingui()
  const source = useInfiniteQuery(importsQuery())
  if (source.error && !source.data) {
    return <Failure error={source.error} onRetry={() => void source.refetch()} />
  }
  if (source.isPending) return <ListSkeleton rows={4} height={48} />
  const imports = rowsOf(source.data)
  if (imports.length === 0) {
    return (
      <EmptyState
        icon={IconFileImport}
        title={t`No file was brought in yet`}
        text={t`Companies, people and deals come in from files of any program. Each file stays here with what became of its rows.`}
      />
    )
  }
  return (
    <>
      <ul className="im-list">
        {imports.map((told) => (
          <Row key={told.id} told={told} />
        ))}
      </ul>
      <ShowMore source={source} />
    </>
  )
}

function Row({ told }: { told: FileImport }) {
  const { t, i18n } = useLingui()
  const owner = useColleagues().find((one) => one.id === told.owner_id)
  const { lines: total } = told
  const { created, updated, refused } = told.counts
  const state = STATES[told.state]
  return (
    <li>
      <div className="im-name">
        <Link to="/imports/$id" params={{ id: told.id }} className="g-link" title={told.name}>
          {told.name}
        </Link>
        <Tag tone={state.tone}>{i18n._(state.word)}</Tag>
      </div>
      <Text size="sm" c="dimmed" component="div">
        {i18n._(KINDS[told.kind])} · <Plural value={total} one="# row" other="# rows" />
        {told.started_at && ` · ${t`created ${created}, updated ${updated}, refused ${refused}`}`}
        {owner && ` · ${owner.name}`} · <RelativeTime at={told.created_at} />
      </Text>
    </li>
  )
}
