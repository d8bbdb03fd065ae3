import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { addRule, changeRule, runAgain } from '@/shared/api/generated/automation'
import type { Rule, RuleChange, RuleDraft } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { ruleKeys } from './queries'

export function useAddRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: RuleDraft; once: RequestInit }) => addRule(sent.draft, sent.once),
    onSuccess: () => queries.invalidateQueries({ queryKey: ruleKeys.list }),
  })
}

export function useChangeRule() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { id: string; change: RuleChange; once?: RequestInit }) =>
      changeRule(sent.id, sent.change, sent.once),
    onSuccess: (rule) => {
      queries.setQueryData(ruleKeys.one(rule.id), rule)
      queries.setQueryData<Rule[]>(ruleKeys.list, (rules) =>
        rules?.map((other) => (other.id === rule.id ? rule : other)),
      )
    },
    onError: () => queries.invalidateQueries({ queryKey: ruleKeys.all }),
  })
}

/** Switches a rule on or off; a refusal is told, and the switch stands as the server has it. */
export function useSwitchRule() {
  const { t } = useLingui()
  const change = useChangeRule()
  const explain = useExplain()
  return {
    busy: change.isPending,
    set: (rule: Rule, enabled: boolean) =>
      change.mutate(
        { id: rule.id, change: { enabled, version: rule.version } },
        {
          onError: (error) =>
            notifications.show({
              color: 'red',
              title: t`The rule was not switched`,
              message: explain(error),
            }),
        },
      ),
  }
}

export function useRunAgain() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  return useMutation({
    mutationFn: (effectId: string) => runAgain(effectId),
    onSuccess: () => notifications.show({ message: t`The step runs again` }),
    onError: (error) => notifications.show({ color: 'red', message: explain(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ruleKeys.runs }),
  })
}
