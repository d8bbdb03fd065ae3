import { Avatar, Button, Group, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRun } from '@/shared/commands'
import { rowsOf } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { useMay } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { peopleQuery } from './queries'

/** The people of a company. */
export function CompanyPeople({ company }: { company: Picked }) {
  const { t } = useLingui()
  const run = useRun()
  const mayRead = useMay('customers.person', 'read')
  const mayCreate = useMay('customers.person', 'create')
  const source = useInfiniteQuery({
    ...peopleQuery({ company_id: company.id, sort: 'name', limit: 20 }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  const people = rowsOf(source.data)
  return (
    <Section
      title={t`People`}
      actions={
        mayCreate && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => run('people.create', { company })}
          >
            {t`New person`}
          </Button>
        )
      }
    >
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton rows={2} />
      ) : people.length === 0 ? (
        <Text size="sm" c="dimmed">{t`Nobody is known here yet.`}</Text>
      ) : (
        <Stack gap="sm">
          {people.map((person) => (
            <Group key={person.id} gap={10} wrap="nowrap">
              <Avatar size={30} name={person.name} color="iris" aria-hidden="true" />
              <div style={{ minWidth: 0 }}>
                <Link to="/people/$id" params={{ id: person.id }} className="g-link">
                  <Text size="sm" fw={540} truncate>
                    {person.name}
                  </Text>
                </Link>
                <Text size="xs" c="dimmed" truncate>
                  {[person.position, person.phones[0]?.typed, person.emails[0]?.typed]
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
              </div>
            </Group>
          ))}
        </Stack>
      )}
      <ShowMore source={source} />
    </Section>
  )
}
