import { Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useFormat } from '@/shared/i18n/format'
import { usePipelines } from '@/shared/reference'
import { Section } from '@/ui/page'
import { Dot, type Tone } from '@/ui/tag'
import { chancesQuery } from './queries'

/** Of each stage: the probability it was given, and the share of deals that were won after it. */
export function Chances({ pipelineId }: { pipelineId: string | undefined }) {
  const { t } = useLingui()
  const format = useFormat()
  const pipelines = usePipelines()
  const { data } = useQuery(chancesQuery())
  if (!data?.day) return null
  const told = pipelines.filter(
    (one) => !one.archived && (pipelineId === undefined || one.id === pipelineId),
  )
  const { enough } = data
  return (
    <Section title={t`Probability by stage`}>
      <Text size="sm" c="dimmed" mb="xs">
        {t`From history: of the deals closed in a year that had been in a stage, the share of those won. It is used where at least ${enough} were closed.`}
      </Text>
      <div className="fc-chances">
        {told.map((pipeline) => (
          <table key={pipeline.id} className="fc-table">
            <caption>{pipeline.name}</caption>
            <thead>
              <tr>
                <th scope="col">{t`Stage`}</th>
                <th scope="col">{t`Set`}</th>
                <th scope="col">{t`From history`}</th>
              </tr>
            </thead>
            <tbody>
              {pipeline.stages.flatMap((stage) => {
                const chance = data.stages.find((one) => one.stage_id === stage.id)
                if (!chance) return []
                const { won, passed } = chance
                return (
                  <tr key={stage.id}>
                    <th scope="row">
                      <Dot tone={stage.tone as Tone} /> {stage.name}
                    </th>
                    <td className="g-num">{format.percent(chance.probability / 100)}</td>
                    <td className="g-num" data-used={chance.used || undefined}>
                      {passed > 0 ? format.percent(won / passed) : '—'}{' '}
                      <span className="fc-quiet">{t`${won} of ${passed}`}</span>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        ))}
      </div>
    </Section>
  )
}
