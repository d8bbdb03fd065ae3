import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { pipelinesQuery, useMay, useMe } from '@/shared/reference'
import { Failure, NoRights } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { RecordSkeleton } from '@/ui/skeletons'
import { useAddRule, useChangeRule } from './changes'
import { ruleQuery } from './queries'
import { RuleForm } from './rule-form'
import { draftOf, newStep, valuesOf } from './rule-model'
import { Runs } from './runs'

/** A new rule. */
export function NewRulePage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const add = useAddRule()
  const mayCreate = useMay('automation.rule', 'create')
  const { base_currency } = useMe()
  const { data: pipelines, error, refetch } = useQuery(pipelinesQuery())
  const back = () => navigate({ to: '/automation' })
  const pipeline = pipelines?.[0]
  return (
    <Page title={t`New rule`}>
      {!mayCreate ? (
        <NoRights />
      ) : error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !pipeline ? (
        <RecordSkeleton />
      ) : (
        <RuleForm
          draft="rule.new"
          verb={t`Create rule`}
          busy={add.isPending}
          initial={{
            name: '',
            pipeline_id: pipeline.id,
            stage_id: pipeline.stages[0]?.id ?? '',
            over: '',
            currency: base_currency,
            other: null,
            steps: [newStep('send-letter')],
          }}
          onCancel={() => void back()}
          onSave={async (values, key) => {
            await add.mutateAsync({ draft: draftOf(values), key })
            notifications.show({ message: t`The rule is on` })
            await back()
          }}
        />
      )}
    </Page>
  )
}

/** One rule: what it does, changed in place, and what it did. */
export function RulePage({ id }: { id: string }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const change = useChangeRule()
  const { base_currency } = useMe()
  const { data: rule, error, refetch } = useQuery(ruleQuery(id))
  const { data: pipelines } = useQuery(pipelinesQuery())
  if (!rule || !pipelines) {
    return (
      <Page title={t`Rule`}>
        {error ? <Failure error={error} onRetry={() => void refetch()} /> : <RecordSkeleton />}
      </Page>
    )
  }
  const { stage_id } = rule.trigger
  const pipeline = pipelines.find((one) => one.stages.some((stage) => stage.id === stage_id))
  return (
    <Page title={rule.name} hint={rule.enabled ? t`switched on` : t`switched off`}>
      <div className="g-split">
        <RuleForm
          draft={`rule.${id}`}
          verb={t`Save`}
          busy={change.isPending}
          initial={valuesOf(rule, pipeline?.id ?? '', base_currency)}
          onCancel={() => void navigate({ to: '/automation' })}
          onSave={async (values) => {
            await change.mutateAsync({ id, change: { ...draftOf(values), version: rule.version } })
            notifications.show({ message: t`The rule is saved` })
          }}
        />
        <Section title={t`Runs`}>
          <Runs ruleId={id} />
        </Section>
      </div>
    </Page>
  )
}
