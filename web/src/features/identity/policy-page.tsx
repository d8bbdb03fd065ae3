import { Alert, Button, Checkbox, Group, Radio, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconShieldLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { changeSignInPolicy } from '@/shared/api/generated/authentication'
import type { Policy, Role } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { policyQuery, rolesQuery } from './queries'

/** Who has to have a second factor. */
export function PolicyPage() {
  const { t } = useLingui()
  const policy = useQuery(policyQuery())
  const roles = useQuery(rolesQuery())
  const error = policy.error ?? roles.error
  return (
    <Page title={t`Sign-in policy`}>
      <Section title={t`Second factor`}>
        {error && !(policy.data && roles.data) ? (
          <Failure error={error} onRetry={() => void policy.refetch()} />
        ) : policy.data && roles.data ? (
          <PolicyForm key={policy.data.version} policy={policy.data} roles={roles.data} />
        ) : (
          <ListSkeleton />
        )}
      </Section>
    </Page>
  )
}

type Whom = 'administrators' | 'roles' | 'everybody'

const whomOf = ({ everybody, roles }: Policy): Whom =>
  everybody ? 'everybody' : roles.length > 0 ? 'roles' : 'administrators'

function PolicyForm({ policy, roles }: { policy: Policy; roles: readonly Role[] }) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const mayEdit = useMay('authentication.policy', 'edit')
  const [whom, setWhom] = useState(whomOf(policy))
  const [chosen, setChosen] = useState(policy.roles)
  const save = useMutation({
    mutationFn: () =>
      changeSignInPolicy({
        version: policy.version,
        everybody: whom === 'everybody',
        roles: whom === 'roles' ? chosen : [],
      }),
    onSuccess: (told) => {
      queries.setQueryData(policyQuery().queryKey, told)
      notifications.show({ message: t`The policy holds from now on.` })
    },
    onError: () => void queries.invalidateQueries({ queryKey: policyQuery().queryKey }),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={560}>
        <Alert variant="default" icon={<IconShieldLock aria-hidden="true" />} p="sm">
          {t`Whoever may change people, roles or the way in always needs a second factor. Nothing here changes that.`}
        </Alert>
        <FormProblem>{save.error && problemText(save.error)}</FormProblem>
        <Radio.Group
          label={t`Who else needs one`}
          value={whom}
          onChange={(value) => setWhom(value as Whom)}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="administrators" label={t`Nobody else`} disabled={!mayEdit} />
            <Radio value="roles" label={t`These roles`} disabled={!mayEdit} />
            <Radio value="everybody" label={t`Everybody`} disabled={!mayEdit} />
          </Stack>
        </Radio.Group>
        {whom === 'roles' && (
          <Checkbox.Group label={t`Roles`} value={chosen} onChange={setChosen}>
            <Stack gap="xs" mt="xs">
              {roles.map((role) => (
                <Checkbox
                  key={role.id}
                  value={role.id}
                  label={roleName(i18n, role)}
                  disabled={!mayEdit}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Text size="sm" c="dimmed">
          {t`Those who have none yet are asked to add one at their next request.`}
        </Text>
        {mayEdit && (
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t`Save`}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
