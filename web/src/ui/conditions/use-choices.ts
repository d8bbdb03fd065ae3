import { useLingui } from '@lingui/react/macro'
import type { AskableField } from '@/shared/api/generated/model'
import { asksSegment } from '@/shared/conditions'
import { useOptionWords } from '@/shared/condition-words'
import { useCompetitors } from '@/shared/competitors'
import { isOfConsents, useConsentChoices } from '@/shared/consents'
import { useColleagues, useMe, usePipelines, useSegmentNames, useTeams } from '@/shared/reference'

type Choice = { value: string; label: string }
type Choices = (Choice | { group: string; items: Choice[] })[]

const named = ({ id, name }: { id: string; name: string }): Choice => ({ value: id, label: name })

/** The values a field can have, where they are few and known by name. */
export function useChoices(field: AskableField, kind: string): Choices | undefined {
  const { t } = useLingui()
  const option = useOptionWords(kind)
  const colleagues = useColleagues()
  const pipelines = usePipelines()
  const teams = useTeams()
  const segments = useSegmentNames(asksSegment(field.name))
  const competitors = useCompetitors(field.name === 'competitor_id')
  const consents = useConsentChoices(isOfConsents(field.name))
  const { base_currency } = useMe()
  if (field.options.length > 0) {
    return field.options.map((value) => ({ value, label: option(field.name, value) }))
  }
  if (field.type === 'person') return colleagues.map(named)
  if (field.type === 'bool') {
    return [
      { value: 'true', label: t`yes` },
      { value: 'false', label: t`no` },
    ]
  }
  switch (field.name) {
    case 'segment':
      return segments.filter((one) => one.kind === kind && one.missing.length === 0).map(named)
    case 'segment_id':
      return segments.filter((one) => one.missing.length === 0).map(named)
    case 'competitor_id':
      return competitors.map(named)
    case 'consents':
    case 'consents_withdrawn':
      return consents
    case 'deals.pipelines':
    case 'pipeline_id':
      return pipelines.map(named)
    case 'stage_id':
      return pipelines.map(({ name, stages }) => ({ group: name, items: stages.map(named) }))
    case 'team_id':
      return teams.map(named)
    case 'currency': {
      const codes = [...new Set([base_currency, 'RUB', 'USD', 'EUR', 'CNY'])]
      return codes.map((code) => ({ value: code, label: code }))
    }
    default:
      return undefined
  }
}
