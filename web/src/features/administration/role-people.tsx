import { Avatar, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { Role } from '@/shared/api/generated/model'
import { useColleagues } from '@/shared/reference'
import { Section } from '@/ui/page'
import { Tag } from '@/ui/tag'

/** Who has a role. */
export function RolePeople({ role }: { role: Role }) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  const having = colleagues.filter((user) => user.roles.some(({ id }) => id === role.id))
  return (
    <Section title={t`Who has it`}>
      {having.length === 0 ? (
        <Text
          size="sm"
          c="dimmed"
        >{t`Nobody yet. Roles are given to people in the list of those who work here.`}</Text>
      ) : (
        <Group gap="sm">
          {having.map((user) => (
            <Group key={user.id} gap={8} wrap="nowrap">
              <Avatar size={26} name={user.name} color="iris" aria-hidden="true" />
              <Text size="sm">{user.name}</Text>
              {!user.active && <Tag>{t({ message: 'Switched off', context: 'person' })}</Tag>}
            </Group>
          ))}
        </Group>
      )}
    </Section>
  )
}
