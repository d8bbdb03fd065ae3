import { Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { rowsOf } from '@/shared/lib/list'
import type { Picked } from '@/shared/picked'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { companiesQuery } from './queries'

/** The companies that belong to this one; most have none, and are told nothing. */
export function CompanyGroup({ company }: { company: Picked }) {
  const { t } = useLingui()
  const filter = JSON.stringify({ field: 'parent_id', op: 'eq', value: company.id })
  const source = useInfiniteQuery(companiesQuery({ filter, sort: 'name', limit: 20 }))
  const companies = source.isPlaceholderData ? [] : rowsOf(source.data)
  if (companies.length === 0) return null
  return (
    <Section title={t`Companies of the group`}>
      <Stack gap="xs">
        {companies.map((one) => (
          <div key={one.id} style={{ minWidth: 0 }}>
            <Link to="/companies/$id" params={{ id: one.id }} className="g-link">
              <Text size="sm" fw={540} truncate>
                {one.name}
              </Text>
            </Link>
            <Text size="xs" c="dimmed" truncate>
              {[one.industry, one.city].filter(Boolean).join(' · ')}
            </Text>
          </div>
        ))}
      </Stack>
      <ShowMore source={source} />
    </Section>
  )
}
