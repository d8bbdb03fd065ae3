import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Pipeline, Rule } from '@/shared/api/generated/model'
import { dropDraft, readDraft } from '@/shared/lib/draft'
import { pipelinesQuery, useMay, useMe } from '@/shared/reference'
import { BackTo } from '@/ui/back-to'
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
        <NoRights back={<BackTo to="/automation">{t`All rules`}</BackTo>} />
      ) : error && !pipelines ? (
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
            quote: null,
            happens: null,
            watches: [],
            segment_id: '',
            purpose_id: '',
            over: '',
            currency: base_currency,
            asked: [],
            other: null,
            steps: [newStep('send-letter')],
          }}
          onCancel={() => void back()}
          onSave={async (values, once) => {
            await add.mutateAsync({ draft: draftOf(values), once })
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
  const { data: rule, error, refetch } = useQuery(ruleQuery(id))
  const { data: pipelines, ...reading } = useQuery(pipelinesQuery())
  if (!rule || !pipelines) {
    return (
      <Page title={t`Rule`}>
        {error || reading.error ? (
          <Failure
            error={error ?? reading.error}
            onRetry={() => void (error ? refetch() : reading.refetch())}
            back={<BackTo to="/automation">{t`All rules`}</BackTo>}
          />
        ) : (
          <RecordSkeleton />
        )}
      </Page>
    )
  }
  return (
    <Page title={rule.name} hint={rule.enabled ? t`switched on` : t`switched off`}>
      <div className="g-split">
        <EditedRule rule={rule} pipelines={pipelines} />
        <Section title={t`Runs`}>
          <Runs ruleId={id} />
        </Section>
      </div>
    </Page>
  )
}

/** The form of a rule: it follows what others save until one begins to change it oneself. */
function EditedRule({ rule, pipelines }: { rule: Rule; pipelines: readonly Pipeline[] }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const change = useChangeRule()
  const { base_currency } = useMe()
  const draft = `rule.${rule.id}`
  const [shown, setShown] = useState(rule.version)
  if (rule.version !== shown && readDraft(draft) === undefined) setShown(rule.version)
  const { stage_id } = rule.trigger
  const pipeline = pipelines.find((one) => one.stages.some((stage) => stage.id === stage_id))
  return (
    <RuleForm
      key={shown}
      draft={draft}
      verb={t`Save`}
      busy={change.isPending}
      initial={valuesOf(rule, pipeline?.id ?? '', base_currency)}
      version={rule.version}
      onCancel={() => {
        dropDraft(draft)
        void navigate({ to: '/automation' })
      }}
      onSave={async (values, once, began = rule.version) => {
        const sent = { ...draftOf(values), version: began }
        await change.mutateAsync({ id: rule.id, change: sent, once })
        notifications.show({ message: t`The rule is saved` })
      }}
    />
  )
}
