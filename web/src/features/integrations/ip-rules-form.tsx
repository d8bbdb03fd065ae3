import { Alert, Button, Group, Select, Stack, TagsInput, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconMapPin } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { IpRules, Role, RoleNetworks } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { FormProblem } from '@/ui/form-parts'
import { useChangeIpRules } from './changes'

type Props = { rules: IpRules; roles: readonly Role[] }

export function IpRulesForm({ rules, roles }: Props) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const mayEdit = useMay('administration.network', 'edit')
  const save = useChangeIpRules()
  const [networks, setNetworks] = useState(rules.networks)
  const [ofRoles, setOfRoles] = useState<RoleNetworks[]>(rules.roles)
  const { address } = rules
  const name = (id: string) => {
    const role = roles.find((one) => one.id === id)
    return role ? roleName(i18n, role) : t`a role that is gone`
  }
  const others = roles.filter((role) => !ofRoles.some((one) => one.role_id === role.id))

  function submit(event: FormEvent) {
    event.preventDefault()
    const told = ofRoles.filter((one) => one.networks.length > 0)
    const change = { version: rules.version, networks, roles: told }
    save.mutate(change, {
      onSuccess: () => notifications.show({ message: t`The rules hold from now on.` }),
    })
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={620}>
        <Alert variant="default" icon={<IconMapPin aria-hidden="true" />} p="sm">
          {t`Your address now: ${address}`}
        </Alert>
        <FormProblem>{save.error && problemText(save.error)}</FormProblem>
        <TagsInput
          label={t`Whole installation`}
          description={t`As 203.0.113.0/24 or 2001:db8::/32; from anywhere when there are none`}
          disabled={!mayEdit}
          value={networks}
          onChange={setNetworks}
        />
        <Text size="sm" c="dimmed">
          {t`Sign-in from everywhere, calls of identity providers and tokens of programs obey this list, too.`}
        </Text>
        {ofRoles.map((one) => (
          <RoleLine
            key={one.role_id}
            name={name(one.role_id)}
            networks={one.networks}
            disabled={!mayEdit}
            onChange={(told) =>
              setOfRoles((all) =>
                all.map((other) => (other === one ? { ...one, networks: told } : other)),
              )
            }
            onRemove={() => setOfRoles((all) => all.filter((other) => other !== one))}
          />
        ))}
        {mayEdit && (
          <Select
            label={t`Roles with networks of their own`}
            description={t`Whoever has one of these roles comes from its networks only, whatever other roles they have.`}
            placeholder={t`Choose a role`}
            data={others.map((role) => ({ value: role.id, label: roleName(i18n, role) }))}
            value={null}
            onChange={(id) => id && setOfRoles((all) => [...all, { role_id: id, networks: [] }])}
          />
        )}
        <Text size="sm" c="dimmed">
          {t`If everybody is shut out, the command “gausdo ip-rules clear” on the server takes all rules away.`}
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

type LineProps = {
  name: string
  networks: string[]
  disabled: boolean
  onChange: (networks: string[]) => void
  onRemove: () => void
}

function RoleLine({ name, networks, disabled, onChange, onRemove }: LineProps) {
  const { t } = useLingui()
  return (
    <Group gap={8} align="flex-end" wrap="nowrap">
      <TagsInput
        flex={1}
        miw={0}
        label={t`Networks of “${name}”`}
        disabled={disabled}
        value={networks}
        onChange={onChange}
      />
      {!disabled && (
        <Button
          variant="default"
          onClick={onRemove}
          aria-label={t`Remove the networks of “${name}”`}
        >
          {t`Remove`}
        </Button>
      )}
    </Group>
  )
}
