import { useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Pipeline, StageDraft } from '@/shared/api/generated/model'
import { ApiError } from '@/shared/api/http'
import { useExplain } from '@/shared/changes'
import { dropDraft, readDraft } from '@/shared/lib/draft'
import { pipelinesQuery } from '@/shared/reference'
import { BackTo } from '@/ui/back-to'
import { Failure } from '@/ui/failure'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useAddPipeline, useChangePipeline, useRemovePipeline } from './changes'
import { PipelineForm } from './pipeline-form'
import { newStage } from './stages'

/** What the server would say of a pipeline that is not among them. */
const GONE = new ApiError({ status: 404, code: 'not-found', title: 'Not found' })
const ALL = '/administration/pipelines'

/** A new pipeline with the stages most begin with. */
export function NewPipelinePage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const add = useAddPipeline()
  const stages: StageDraft[] = [
    newStage({ name: t({ message: 'New', context: 'stage' }), probability: 10, tone: 'blue' }),
    newStage({ name: t`Negotiations`, probability: 50, tone: 'violet' }),
    newStage({
      name: t({ message: 'Won', context: 'deal' }),
      kind: 'won',
      probability: 100,
      tone: 'teal',
    }),
    newStage({
      name: t({ message: 'Lost', context: 'deal' }),
      kind: 'lost',
      probability: 0,
      tone: 'red',
    }),
  ]
  return (
    <Page title={t`New pipeline`}>
      <PipelineForm
        draft="pipeline.new"
        initial={{ name: '', lost_reasons: [], reason_needed: true, stages }}
        verb={t`Create pipeline`}
        busy={add.isPending}
        onCancel={() => void navigate({ to: ALL })}
        onSave={async (values, once) => {
          await add.mutateAsync({ values, once })
          const { name } = values
          notifications.show({ message: t`The pipeline “${name}” is there` })
          await navigate({ to: ALL })
        }}
      />
    </Page>
  )
}

/** One pipeline: its stages and what they ask of deals. */
export function PipelinePage({ id }: { id: string }) {
  const { t } = useLingui()
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery())
  const pipeline = pipelines?.find((one) => one.id === id)
  const back = <BackTo to={ALL}>{t`All pipelines`}</BackTo>
  if (!pipeline) {
    return (
      <Page title={t`Pipeline`}>
        {error && !pipelines ? (
          <Failure error={error} onRetry={() => void refetch()} back={back} />
        ) : pipelines ? (
          <Failure error={GONE} back={back} />
        ) : (
          <ListSkeleton rows={8} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={pipeline.name}
      hint={pipeline.archived && <Tag>{t`Archived`}</Tag>}
      actions={<Remove pipeline={pipeline} />}
    >
      <Edited pipeline={pipeline} />
    </Page>
  )
}

/** A pipeline that never had deals goes for good; the server says when it cannot. */
function Remove({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const explain = useExplain()
  const remove = useRemovePipeline()
  const [asked, setAsked] = useState(false)
  return (
    <Button
      variant="default"
      color="red"
      leftSection={<IconTrash size={16} />}
      loading={remove.isPending}
      onClick={() => {
        if (!asked) return setAsked(true)
        return remove.mutate(pipeline.id, {
          onSuccess: () => void navigate({ to: ALL }),
          onError: (error) => {
            setAsked(false)
            notifications.show({
              color: 'red',
              title: t`The pipeline stays`,
              message: explain(error),
            })
          },
        })
      }}
    >
      {asked ? t`Delete for good?` : t`Delete`}
    </Button>
  )
}

/** The form of a pipeline: it follows what others save until one begins to change it oneself. */
function Edited({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const change = useChangePipeline()
  const draft = `pipeline.${pipeline.id}`
  const [shown, setShown] = useState(pipeline.version)
  if (pipeline.version !== shown && readDraft(draft) === undefined) setShown(pipeline.version)
  const { name, lost_reasons, reason_needed } = pipeline
  return (
    <PipelineForm
      key={shown}
      draft={draft}
      initial={{ name, lost_reasons, reason_needed, stages: pipeline.stages.map(newStage) }}
      version={pipeline.version}
      verb={t`Save`}
      busy={change.isPending}
      onCancel={() => {
        dropDraft(draft)
        void navigate({ to: ALL })
      }}
      onSave={async (values, once, began = pipeline.version) => {
        await change.mutateAsync({ id: pipeline.id, values: { ...values, version: began }, once })
        notifications.show({ message: t`The pipeline is saved; it holds at once` })
      }}
    />
  )
}
