import './contacts.css'
import { ActionIcon, Autocomplete, Button, Checkbox, Group, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Deal, DealCompetitor } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useCompetitorNames } from '@/shared/competitors'
import { useWithheld } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { dealCompetitorsQuery, useSetCompetitors } from './competitor-queries'

const MOST = 20

type Told = Pick<DealCompetitor, 'name' | 'won'>

/** Whom the deal is sold against; of a lost one, who won it. */
export function DealCompetitors({ deal }: { deal: Deal }) {
  const { t } = useLingui()
  const explain = useExplain('deal')
  const [adding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(dealCompetitorsQuery(deal.id, deal.version))
  const save = useSetCompetitors(deal.id)
  const withheld = useWithheld('sales.deal.edit').includes('lost_reason')
  const told = data?.competitors ?? []
  const mayEdit = deal.editable && data !== undefined
  const mayJudge =
    mayEdit && !withheld && deal.kind === 'lost' && !deal.hidden.includes('lost_reason')
  const put = (competitors: readonly Told[], then?: () => void) =>
    save.mutate(
      {
        version: data?.version ?? deal.version,
        competitors: competitors.map(({ name, won }) => ({ name, won })),
      },
      then && { onSuccess: then },
    )
  return (
    <Section
      title={t`Competitors`}
      actions={
        mayEdit &&
        !adding &&
        told.length < MOST && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setAdding(true)}
          >
            {t`Add a competitor`}
          </Button>
        )
      }
    >
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <ListSkeleton rows={1} />}
      <FormProblem>{save.error && explain(save.error)}</FormProblem>
      {data && told.length === 0 && !adding && (
        <Text size="sm" c="dimmed">{t`No competitor is named yet.`}</Text>
      )}
      <ul className="ct-list">
        {told.map((one) => (
          <li key={one.id}>
            <Link to="/deals" search={{ competitor: one.id }} className="g-link">
              {one.name}
            </Link>
            <div className="ct-role">
              {mayJudge ? (
                <Checkbox
                  label={t`Won this deal`}
                  aria-label={won(t, one.name)}
                  checked={one.won}
                  disabled={save.isPending}
                  onChange={() =>
                    put(told.map((other) => ({ ...other, won: other === one && !one.won })))
                  }
                />
              ) : (
                one.won && <Tag tone="red">{t`Won this deal`}</Tag>
              )}
              {mayEdit && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={save.isPending}
                  aria-label={removal(t, one.name)}
                  onClick={() => put(told.filter((other) => other !== one))}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </div>
          </li>
        ))}
      </ul>
      {adding && mayEdit && (
        <Adding
          taken={told.map((one) => one.name)}
          busy={save.isPending}
          onAdd={(name) => put([...told, { name, won: false }], () => setAdding(false))}
          onCancel={() => setAdding(false)}
        />
      )}
    </Section>
  )
}

type T = ReturnType<typeof useLingui>['t']

const removal = (t: T, name: string) => t`Remove ${name}`
const won = (t: T, name: string) => t`${name} won this deal`

type AddingProps = {
  taken: readonly string[]
  busy: boolean
  onAdd: (name: string) => void
  onCancel: () => void
}

function Adding({ taken, busy, onAdd, onCancel }: AddingProps) {
  const { t } = useLingui()
  const [name, setName] = useState('')
  const typed = name.trim()
  const names = useCompetitorNames().filter((one) => !taken.includes(one))
  return (
    <form
      className="ct-add"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed) onAdd(typed)
      }}
    >
      <div className="ct-who">
        <Autocomplete
          autoFocus
          label={t`Competitor`}
          placeholder={t`A known name, or a new one`}
          maxLength={200}
          limit={8}
          data={names}
          value={name}
          onChange={setName}
        />
      </div>
      <Group gap="xs">
        <Button type="submit" loading={busy} disabled={!typed}>
          {t`Add`}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t`Cancel`}
        </Button>
      </Group>
    </form>
  )
}
