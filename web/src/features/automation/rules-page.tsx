import { Button, Switch } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconBolt, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Rule } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useKey } from '@/ui/use-key'
import { aboutOf } from './about'
import { useSwitchRule } from './changes'
import { useFailureWords } from './failure-words'
import { rulesQuery } from './queries'
import { stepsOf } from './rule-model'
import { useRuleWords } from './rule-words'
import { Runs } from './runs'
import './automation.css'

/** The rules, each with its switch, and what they did lately. */
export function RulesPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const mayCreate = useMay('automation.rule', 'create')
  const { data: rules, error, refetch } = useQuery(rulesQuery())
  useKey('n', () => mayCreate && void navigate({ to: '/automation/new' }))
  const button = mayCreate && (
    <Button component={Link} to="/automation/new" leftSection={<IconPlus size={16} />}>
      {t`New rule`}
    </Button>
  )
  return (
    <Page
      title={t`Automation`}
      hint={rules && <Plural value={rules.length} one="# rule" other="# rules" />}
      actions={button}
    >
      {error && !rules ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="g-split">
          <Section title={t`Rules`}>
            {!rules ? (
              <ListSkeleton />
            ) : rules.length === 0 ? (
              <EmptyState
                icon={IconBolt}
                title={t`No rules yet`}
                text={t`A rule sends letters, plans tasks and calls webhooks when something happens to a deal, a company or a person.`}
                action={button}
              />
            ) : (
              <div>
                {rules.map((rule) => (
                  <RuleRow key={rule.id} rule={rule} />
                ))}
              </div>
            )}
          </Section>
          <Section title={t`Latest runs`}>
            <Runs />
          </Section>
        </div>
      )}
    </Page>
  )
}

function RuleRow({ rule }: { rule: Rule }) {
  const { t } = useLingui()
  const words = useRuleWords([rule])
  const failure = useFailureWords()
  const mayEdit = useMay('automation.rule', 'edit')
  const toggle = useSwitchRule()
  const { name } = rule
  const steps = stepsOf(rule).map((step) => words.step(step, aboutOf(rule.happens)))
  return (
    <div className="ru" data-rule={rule.id}>
      <Switch
        aria-label={t`Rule “${name}” is on`}
        checked={rule.enabled}
        disabled={!mayEdit || toggle.busy}
        onChange={(event) => toggle.set(rule, event.currentTarget.checked)}
      />
      <div className="ru-text">
        <Link to="/automation/$id" params={{ id: rule.id }} className="g-link">
          {name}
        </Link>{' '}
        {rule.paused_because && (
          <Tag tone="amber" label={failure.paused(rule)}>
            {t`Paused`}
          </Tag>
        )}
        <div className="ru-when">{words.when(rule)}</div>
        <div className="ru-when">{steps.join(' → ')}</div>
      </div>
      <div className="ru-runs">
        <Plural value={rule.runs} one="# run" other="# runs" />
        {rule.last_run_at && (
          <div>
            <RelativeTime at={rule.last_run_at} />
          </div>
        )}
      </div>
    </div>
  )
}
