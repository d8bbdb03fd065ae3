import { Checkbox, MultiSelect, Select, SimpleGrid, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { teamsQuery, useColleagues } from '@/shared/reference'
import { OwnerSelect } from '@/ui/owner-select'
import { aboutOf, WORDS } from './about'
import type { AssignValues, RuleValues } from './rule-model'

type Props = { form: UseFormReturnType<RuleValues>; step: AssignValues; at: string }

/** Whom a record is given to: one person, or in turn or by load among people or a team. */
export function AssignFields({ form, step, at }: Props) {
  const { t, i18n } = useLingui()
  const about = aboutOf(form.values.happens)
  const { data: teams = [] } = useQuery(teamsQuery())
  const colleagues = useColleagues()
  const one = step.how === 'person'
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Select
          label={i18n._(WORDS[about].give)}
          allowDeselect={false}
          data={[
            { value: 'in-turn', label: t`In turn` },
            ...(about === 'deal'
              ? [{ value: 'by-load', label: t`To whoever has the fewest open deals` }]
              : []),
            { value: 'person', label: t`To one person` },
          ]}
          {...form.getInputProps(`${at}.how`)}
          onChange={(how) => {
            form.setFieldValue(`${at}.how`, how)
            if (how === 'person') {
              form.setFieldValue(`${at}.people`, step.people.slice(0, 1))
              form.setFieldValue(`${at}.team_id`, '')
            }
          }}
        />
        {!one && (
          <Select
            label={t`In the team`}
            placeholder={t`or people by name`}
            clearable
            data={teams.map((team) => ({ value: team.id, label: team.name }))}
            value={step.team_id || null}
            onChange={(id) => {
              form.setFieldValue(`${at}.team_id`, id ?? '')
              if (id) form.setFieldValue(`${at}.people`, [])
            }}
          />
        )}
        {one && (
          <OwnerSelect
            label={t({ message: 'To', context: 'person' })}
            allowDeselect={false}
            value={step.people[0] ?? null}
            error={form.errors[`${at}.people`]}
            onChange={(id) => form.setFieldValue(`${at}.people`, id ? [id] : [])}
          />
        )}
      </SimpleGrid>
      {!one && !step.team_id && (
        <MultiSelect
          label={t`Among`}
          searchable
          data={colleagues.map((user) => ({ value: user.id, label: user.name }))}
          {...form.getInputProps(`${at}.people`)}
        />
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Checkbox
          mt={{ base: 0, xs: 30 }}
          label={t`Only who is at work`}
          {...form.getInputProps(`${at}.at_work_only`, { type: 'checkbox' })}
        />
        {step.at_work_only && (
          <OwnerSelect
            label={t`While nobody is`}
            placeholder={t`it waits`}
            clearable
            value={step.otherwise_id || null}
            onChange={(id) => form.setFieldValue(`${at}.otherwise_id`, id ?? '')}
          />
        )}
      </SimpleGrid>
    </Stack>
  )
}
