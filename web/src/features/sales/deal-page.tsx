import { Button, Group, Title } from '@mantine/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { IconThumbDown, IconTrophy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import type { Picker } from '@/shared/picked'
import { usePipelines } from '@/shared/reference'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import { BackTo } from '@/ui/back-to'
import { DeletedNotice } from '@/ui/deleted/deleted-record'
import { deletedOf } from '@/ui/deleted/kinds'
import { Failure, isGone } from '@/ui/failure'
import { KeptTexts } from '@/ui/kept-texts'
import { Locked } from '@/ui/locked'
import { Page, RecordColumns, Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { RecordSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useSaveDeal } from './save'
import { Neglect } from './deal-card'
import { DealCompetitors } from './deal-competitors'
import { DealContacts } from './deal-contacts'
import { DealFacts } from './deal-facts'
import { dealQuery } from './queries'
import { StageBar } from './stage-bar'
import { useMover } from './use-mover'
import './sales.css'

type Props = {
  id: string
  CompanyPicker: Picker
  PersonPicker: Picker
  /** What other parts of the product know of the deal. */
  lines: ReactNode
  quotes: ReactNode
  tasks: ReactNode
  notes: ReactNode
  stays: ReactNode
  history: ReactNode
  access: ReactNode
}

/** One deal: where it stands, what is known of it, what was done and is to be done. */
export function DealPage({ id, ...rest }: Props) {
  const { t } = useLingui()
  const { data: deal, error, refetch } = useQuery(dealQuery(id))
  const deleted = deletedOf(error)
  if (deleted) {
    const back = <BackTo to="/deals">{t`All deals`}</BackTo>
    return (
      <Page title={t`Deal`}>
        <DeletedNotice kind="deal" record={deleted} back={back} />
      </Page>
    )
  }
  if (error && (!deal || isGone(error))) {
    return (
      <Page title={t`Deal`}>
        <KeptTexts record={`deal.${id}`} />
        <Failure
          error={error}
          onRetry={() => void refetch()}
          back={<BackTo to="/deals">{t`All deals`}</BackTo>}
        />
      </Page>
    )
  }
  if (!deal) {
    return (
      <Page title={t`Deal`}>
        <RecordSkeleton />
      </Page>
    )
  }
  return <DealView key={id} deal={deal} {...rest} />
}

function DealView({
  deal,
  lines,
  quotes,
  tasks,
  notes,
  stays,
  history,
  access,
  ...pickers
}: Omit<Props, 'id'> & { deal: Deal }) {
  const { t } = useLingui()
  const explain = useExplain()
  const save = useSaveDeal(deal)
  const mayEdit = deal.editable
  const pipelines = usePipelines()
  const pipeline = pipelines.find((one) => one.id === deal.pipeline_id)
  const stages = pipeline?.stages ?? []
  const { move, dialog } = useMover()
  const to = (kind: Stage['kind']) => {
    const stage = stages.find((one) => one.kind === kind)
    if (stage) move(deal, stage)
  }
  return (
    <Page
      title={deal.title}
      heading={
        <Title order={1}>
          <Editable
            name={`deal.${deal.id}.title`}
            label={t`Title`}
            value={deal.title}
            empty={false}
            disabled={!mayEdit}
            explain={explain}
            version={deal.version}
            onSave={(title, version) => save({ title }, version)}
            editor={(props) => <TextEditor label={t`Title`} {...props} />}
          >
            {deal.title}
          </Editable>
        </Title>
      }
      hint={
        <Group gap={8}>
          <State deal={deal} />
          <Neglect wordy deal={deal} stages={stages} />
          <Locked owner={deal.owner.name} shown={!mayEdit} />
          <span>
            {pipeline?.name} <span aria-hidden>·</span>{' '}
            <Trans>
              reached this stage <RelativeTime at={deal.stage_since} />
            </Trans>
          </span>
        </Group>
      }
      actions={
        <>
          {access}
          {mayEdit &&
            (deal.kind === 'open' ? (
              <>
                <Button
                  variant="default"
                  leftSection={<IconThumbDown size={16} />}
                  onClick={() => to('lost')}
                >
                  {t`Lose`}
                </Button>
                <Button leftSection={<IconTrophy size={16} />} onClick={() => to('won')}>
                  {t`Win`}
                </Button>
              </>
            ) : (
              <Button variant="default" onClick={() => to('open')}>
                {t`Reopen`}
              </Button>
            ))}
        </>
      }
    >
      {!mayEdit && <KeptTexts record={`deal.${deal.id}`} />}
      <StageBar deal={deal} stages={stages} fixed={!mayEdit} onMove={move} />
      <RecordColumns
        about={
          <Section title={t`About the deal`}>
            <DealFacts deal={deal} mayEdit={mayEdit} save={save} {...pickers} />
          </Section>
        }
      >
        <DealContacts deal={deal} PersonPicker={pickers.PersonPicker} />
        {lines}
        {quotes}
        <DealCompetitors deal={deal} />
        {tasks}
        {notes}
        <Section title={t`Stages`}>{stays}</Section>
        <Section title={t`History`}>{history}</Section>
      </RecordColumns>
      {dialog}
    </Page>
  )
}

function State({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  if (deal.kind === 'won') return <Tag tone="teal">{t({ message: 'Won', context: 'deal' })}</Tag>
  if (deal.kind === 'lost') {
    return (
      <Tag tone="red">
        {t({ message: 'Lost', context: 'deal' })}
        {deal.lost_reason && `: ${deal.lost_reason}`}
      </Tag>
    )
  }
  return <Tag tone="blue">{t({ message: 'Open', context: 'deal' })}</Tag>
}
