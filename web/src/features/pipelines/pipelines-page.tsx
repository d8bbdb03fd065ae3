import './pipelines.css'
import { ActionIcon, Button, Group, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowUp,
  IconLayoutKanban,
  IconPlus,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Pipeline } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { pipelinesQuery } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Dot, type Tone } from '@/ui/tag'
import { CompetitorNames } from './competitor-names'
import { useChangePipeline, useOrderPipelines } from './changes'

/** All pipelines, in the order they are offered; the archived ones below. */
export function PipelinesPage() {
  const { t } = useLingui()
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery())
  const used = pipelines?.filter((one) => !one.archived) ?? []
  const archived = pipelines?.filter((one) => one.archived) ?? []
  return (
    <Page
      title={t`Pipelines`}
      hint={pipelines && <Plural value={used.length} one="# pipeline" other="# pipelines" />}
      actions={
        <Button
          renderRoot={(props) => <Link {...props} to="/administration/pipelines/new" />}
          leftSection={<IconPlus size={16} />}
        >
          {t`New pipeline`}
        </Button>
      }
    >
      {error && !pipelines ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !pipelines ? (
        <ListSkeleton />
      ) : (
        <>
          <Section title={t`In use`}>
            {used.length === 0 ? (
              <EmptyState icon={IconLayoutKanban} title={t`There are no pipelines yet`} />
            ) : (
              <Rows pipelines={used} all={pipelines} />
            )}
          </Section>
          {archived.length > 0 && (
            <Section title={t`Archived`}>
              <Rows pipelines={archived} all={pipelines} />
            </Section>
          )}
          <CompetitorNames />
        </>
      )}
    </Page>
  )
}

function Rows({ pipelines, all }: { pipelines: readonly Pipeline[]; all: readonly Pipeline[] }) {
  return (
    <ul className="pl">
      {pipelines.map((pipeline, place) => (
        <Row key={pipeline.id} pipeline={pipeline} above={pipelines[place - 1]} all={all} />
      ))}
    </ul>
  )
}

type RowProps = { pipeline: Pipeline; above: Pipeline | undefined; all: readonly Pipeline[] }

function Row({ pipeline, above, all }: RowProps) {
  const { t } = useLingui()
  const explain = useExplain()
  const change = useChangePipeline()
  const order = useOrderPipelines()
  const { name } = pipeline
  const refused = (error: unknown) =>
    notifications.show({
      color: 'red',
      title: t`The pipeline was not changed`,
      message: explain(error),
    })
  const rise = () => {
    const ids = all.map((one) => one.id).filter((id) => id !== pipeline.id)
    ids.splice(ids.indexOf(above!.id), 0, pipeline.id)
    order.mutate(ids, { onError: refused })
  }
  const file = () =>
    change.mutate(
      {
        id: pipeline.id,
        values: { version: pipeline.version, archived: !pipeline.archived },
      },
      { onError: refused },
    )
  const filing = pipeline.archived ? t`Use again: ${name}` : t`Archive: ${name}`
  return (
    <li className="pl-row">
      <div className="pl-text">
        <Link
          to="/administration/pipelines/$id"
          params={{ id: pipeline.id }}
          className="g-link pl-name"
        >
          {name}
        </Link>
        <Group gap={10} className="pl-stages">
          {pipeline.stages.map((stage) => (
            <Text key={stage.id} component="span" size="sm" c="dimmed">
              <Dot tone={stage.tone as Tone} /> {stage.name}
            </Text>
          ))}
        </Group>
      </div>
      <div className="pl-acts">
        {above && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Move up: ${name}`}
            title={t`Move up: ${name}`}
            loading={order.isPending}
            onClick={rise}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={filing}
          title={filing}
          loading={change.isPending}
          onClick={file}
        >
          {pipeline.archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
        </ActionIcon>
      </div>
    </li>
  )
}
