import '@mantine/spotlight/styles.css'
import './palette.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import {
  IconAddressBook,
  IconBuilding,
  IconKeyboard,
  IconListDetails,
  IconPlus,
  IconSearch,
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { listCompanies, listPeople } from '@/shared/api/generated/customers'
import { listDeals } from '@/shared/api/generated/sales'
import { ApiError } from '@/shared/api/http'
import type { CommandId, RunCommand } from '@/shared/commands'
import { may, useMe, type RightsObject } from '@/shared/reference'
import { pagesFor } from './pages'

const [store, spotlight] = createSpotlight()
const FOUND = 5
const NOTHING: never[] = []

type FoundRecord = {
  id: string
  label: string
  hint: string
  to: '/deals/$id' | '/companies/$id' | '/people/$id'
  icon: typeof IconPlus
}

type Props = { onClose: () => void; run: RunCommand }

/** "Find or do": pages, commands, and the records whose name has the typed words. */
export function Palette({ onClose, run }: Props) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const person = useMe()
  const [typed, setTyped] = useState('')
  const [words] = useDebouncedValue(typed.trim(), 200)
  const { found, state } = useFound(typed, words)
  useEffect(() => spotlight.open(), [])
  const ids = found.map((record) => record.id).join(' ')
  // the list selects its first line when one types; records come later and must be first, too
  useEffect(() => {
    if (ids !== '') selectFirst()
  }, [ids])

  const told = {
    found: t`Nothing found`,
    searching: t`Searching…`,
    failed: t`Records could not be searched. It goes on when the server is back.`,
  }
  const commands: [CommandId, string, RightsObject][] = [
    ['deals.create', t`New deal`, 'sales.deal'],
    ['companies.create', t`New company`, 'customers.company'],
    ['people.create', t`New person`, 'customers.person'],
    ['tasks.create', t`New task`, 'activities.task'],
  ]
  const allowed = commands.filter(([, , object]) => may(person, object, 'create'))
  const icon = (Icon: typeof IconPlus) => <Icon size={18} stroke={1.6} aria-hidden="true" />
  const groups = [
    {
      group: t`Records`,
      actions: found.map((record): SpotlightActionData => ({
        id: record.id,
        label: record.label,
        description: record.hint,
        keywords: [typed, words],
        leftSection: icon(record.icon),
        onClick: () => void navigate({ to: record.to, params: { id: record.id } }),
      })),
    },
    {
      group: t`Do`,
      actions: [
        ...allowed.map(([id, label]): SpotlightActionData => ({
          id,
          label,
          leftSection: icon(IconPlus),
          onClick: () => run(id),
        })),
        {
          id: 'keys.show',
          label: t`Keys`,
          leftSection: icon(IconKeyboard),
          onClick: () => run('keys.show'),
        },
      ],
    },
    {
      group: t`Go to`,
      actions: pagesFor(person).map((page): SpotlightActionData => ({
        id: page.to,
        label: i18n._(page.label),
        leftSection: <page.icon size={18} stroke={1.6} />,
        onClick: () => void navigate({ to: page.to }),
      })),
    },
  ]
  return (
    <Spotlight
      store={store}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      actions={groups.filter((group) => group.actions.length > 0)}
      onSpotlightClose={onClose}
      scrollable
      centered={false}
      yOffset="12vh"
      classNames={{ actionsList: 'pl-list', actionsGroup: 'pl-group' }}
      maxHeight={420}
      highlightQuery
      searchProps={{
        placeholder: t`Find or do…`,
        'aria-label': t`Find or do…`,
        leftSection: icon(IconSearch),
      }}
      nothingFound={told[state]}
    />
  )
}

/** Puts the mark of the line that Enter opens on the first one, as the component library does. */
function selectFirst() {
  const { listId } = store.getState()
  const lines = document.getElementById(listId)?.querySelectorAll('[data-action]') ?? []
  for (const [at, line] of lines.entries()) {
    if (at === 0) line.setAttribute('data-selected', 'true')
    else line.removeAttribute('data-selected')
  }
  store.updateState((state) => ({ ...state, selected: lines.length > 0 ? 0 : -1 }))
}

type Found = { found: readonly FoundRecord[]; state: 'found' | 'searching' | 'failed' }

/**
 * The records found for `words`. While those for what is `typed` are on their way, only such of the
 * last answer are shown as have the typed words in them.
 */
function useFound(typed: string, debounced: string): Found {
  const words = debounced.length > 1 ? debounced : ''
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['palette', words],
    enabled: words !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const asked = { q: words, limit: FOUND }
      // what one may not list is simply not offered
      const nothing = (error: unknown) => {
        if (error instanceof ApiError && error.status === 403) return { items: [] }
        throw error
      }
      const [deals, companies, people] = await Promise.all([
        listDeals(asked, { signal }).catch(nothing),
        listCompanies(asked, { signal }).catch(nothing),
        listPeople(asked, { signal }).catch(nothing),
      ])
      const records: FoundRecord[] = [
        ...deals.items.map((deal) => ({
          id: deal.id,
          label: deal.title,
          hint: deal.company?.name ?? '',
          to: '/deals/$id' as const,
          icon: IconListDetails,
        })),
        ...companies.items.map((company) => ({
          id: company.id,
          label: company.name,
          hint: company.city ?? '',
          to: '/companies/$id' as const,
          icon: IconBuilding,
        })),
        ...people.items.map((person) => ({
          id: person.id,
          label: person.name,
          hint: person.company?.name ?? '',
          to: '/people/$id' as const,
          icon: IconAddressBook,
        })),
      ]
      return records
    },
  })
  if (words === '') return { found: NOTHING, state: 'found' }
  if (error) return { found: NOTHING, state: 'failed' }
  const asked = typed.trim() === words && !isPlaceholderData
  const parts = typed.toLowerCase().split(/\s+/)
  const matching = (record: FoundRecord) =>
    asked || parts.every((part) => `${record.label} ${record.hint}`.toLowerCase().includes(part))
  return { found: (data ?? NOTHING).filter(matching), state: asked && data ? 'found' : 'searching' }
}
