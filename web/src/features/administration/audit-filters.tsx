import { Button, Group, Select, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { happenedText } from '@/shared/happened'
import { DateField } from '@/ui/date-field'
import { OwnerSelect } from '@/ui/owner-select'
import { SearchInput } from '@/ui/search-input'
import { useRested } from '@/ui/use-rested'
import { auditEventsQuery, paramsOf, type AuditSearch } from './audit-queries'
import { kindText } from './record-words'

type Props = { search: AuditSearch; onSearch: (search: AuditSearch) => void }

const NO_EVENTS: never[] = []
const DAY = /^\d{4}-\d\d-\d\d$/

/** The filters in a row; on a phone they fold away behind one button. */
export function AuditFilters({ search, onSearch }: Props) {
  const { t } = useLingui()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [unfolded, setUnfolded] = useState(false)
  const narrowed = Object.keys(paramsOf({ ...search, text: undefined })).length
  const set = (change: AuditSearch) => onSearch({ ...search, ...change })
  return (
    <Group gap={8} role="search" aria-label={t`Filters`}>
      <SearchInput
        label={t`A text before or after`}
        value={search.text ?? ''}
        onSearch={(text) => set({ text: text || undefined })}
      />
      {phone && (
        <Button
          variant={narrowed > 0 ? 'light' : 'default'}
          leftSection={<IconFilter size={16} />}
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          {narrowed > 0 ? t`Filters: ${narrowed}` : t`Filters`}
        </Button>
      )}
      {(!phone || unfolded) && <Choices search={search} set={set} />}
      {(narrowed > 0 || search.text) && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconX size={14} />}
          onClick={() => onSearch({})}
        >
          {t`Clear the filters`}
        </Button>
      )}
    </Group>
  )
}

function Choices({ search, set }: { search: AuditSearch; set: (change: AuditSearch) => void }) {
  const { t, i18n } = useLingui()
  const events = useQuery(auditEventsQuery()).data ?? NO_EVENTS
  const kinds = useMemo(() => [...new Set(events.map((event) => event.kind))].sort(), [events])
  const day = (value: string | null) => (value && DAY.test(value) ? value : undefined)
  return (
    <>
      <OwnerSelect
        aria-label={t`Who`}
        placeholder={t`Anybody`}
        w={180}
        clearable
        value={search.person ?? null}
        onChange={(person) => set({ person: person ?? undefined })}
      />
      <Select
        aria-label={t`Kind of record`}
        placeholder={t`Any record`}
        w={150}
        clearable
        data={kinds.map((kind) => ({ value: kind, label: kindText(i18n, kind) }))}
        value={search.kind ?? null}
        onChange={(kind) => set({ kind: kind ?? undefined, record: undefined, name: undefined })}
      />
      <Select
        aria-label={t`What happened`}
        placeholder={t`Anything`}
        w={190}
        clearable
        searchable
        data={events
          .filter((event) => !search.kind || event.kind === search.kind)
          .map((event) => ({ value: event.name, label: happenedText(i18n, event.name) }))}
        value={search.name ?? null}
        onChange={(name) => set({ name: name ?? undefined })}
      />
      <Select
        aria-label={t`How`}
        placeholder={t`Any way`}
        w={150}
        clearable
        data={[
          { value: 'person', label: t`By hand` },
          { value: 'rule', label: t`By a rule` },
          { value: 'import', label: t`By an import` },
          { value: 'token', label: t`With a token` },
          { value: 'key', label: t`With an API key` },
          { value: 'system', label: t`By Gausdo itself` },
        ]}
        value={search.via ?? null}
        onChange={(via) => set({ via: via ?? undefined })}
      />
      <DateField
        aria-label={t`From`}
        placeholder={t`From`}
        value={search.since ?? null}
        onChange={(since) => set({ since: day(since) })}
      />
      <DateField
        aria-label={t`To`}
        placeholder={t`To`}
        value={search.until ?? null}
        onChange={(until) => set({ until: day(until) })}
      />
      <Address value={search.address ?? ''} onChange={(address) => set({ address })} />
    </>
  )
}

type AddressProps = { value: string; onChange: (address: string | undefined) => void }

function Address({ value, onChange }: AddressProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    setTyped(value)
  }
  const ask = useRested((address: string) => onChange(address || undefined), 400)
  return (
    <TextInput
      aria-label={t`Address`}
      placeholder={t`Any address`}
      w={150}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        ask(event.currentTarget.value.trim())
      }}
    />
  )
}
