import './contacts.css'
import { ActionIcon, Button, Group, Select, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { ContactRole, Deal, DealContact, Known } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { CONTACT_ROLES, isContactRole, roleText } from '@/shared/contact-roles'
import type { Picked, Picker } from '@/shared/picked'
import { useWithheld } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Hidden } from '@/ui/hidden'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { contactsQuery, useSetContacts } from './contact-queries'

const MOST = 20

type Props = { deal: Deal; PersonPicker: Picker }

/** Who the deal is talked over with: the main contact, then the others, each with a role. */
export function DealContacts({ deal, PersonPicker }: Props) {
  const { t } = useLingui()
  const explain = useExplain('deal')
  const [adding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(contactsQuery(deal.id, deal.version))
  const save = useSetContacts(deal.id)
  const withheld = useWithheld('sales.deal.edit').includes('contact_id')
  const others = data?.contacts ?? []
  const mayEdit = deal.editable && !withheld && data !== undefined && !data.hidden
  const put = (contacts: readonly DealContact[], then?: () => void) =>
    save.mutate(
      {
        version: data?.version ?? deal.version,
        contacts: contacts.map(({ person, role }) => ({ person_id: person.id, role })),
      },
      then && { onSuccess: then },
    )
  const taken = new Set([deal.contact?.id, ...others.map((one) => one.person.id)])
  return (
    <Section
      title={t`Contacts`}
      actions={
        mayEdit &&
        !adding &&
        others.length < MOST && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => setAdding(true)}
          >
            {t`Add a contact`}
          </Button>
        )
      }
    >
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <ListSkeleton rows={1} />}
      <FormProblem>{save.error && explain(save.error)}</FormProblem>
      {data?.hidden && <Hidden />}
      {data && !data.hidden && !deal.contact && others.length === 0 && !adding && (
        <Text size="sm" c="dimmed">{t`Nobody is named yet.`}</Text>
      )}
      {data && (
        <ul className="ct-list">
          {deal.contact && (
            <Row person={deal.contact}>
              <Tag tone="blue">{t`Main contact`}</Tag>
            </Row>
          )}
          {others.map((one) => (
            <Row key={one.person.id} person={one.person}>
              <Role
                contact={one}
                fixed={!mayEdit || save.isPending}
                shownOnly={!mayEdit}
                onChange={(role) =>
                  put(others.map((other) => (other === one ? { ...one, role } : other)))
                }
              />
              {mayEdit && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={save.isPending}
                  aria-label={removal(t, one.person.name)}
                  onClick={() => put(others.filter((other) => other !== one))}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </Row>
          ))}
        </ul>
      )}
      {adding && mayEdit && (
        <Adding
          PersonPicker={PersonPicker}
          company={deal.company && { id: deal.company.id, name: deal.company.name ?? '…' }}
          taken={taken}
          busy={save.isPending}
          onAdd={(person, role) => put([...others, { person, role }], () => setAdding(false))}
          onCancel={() => setAdding(false)}
        />
      )}
    </Section>
  )
}

type T = ReturnType<typeof useLingui>['t']

const removal = (t: T, name: string | null) => (name ? t`Remove ${name}` : t`Remove the contact`)

function Row({ person, children }: { person: Known; children: ReactNode }) {
  const { t } = useLingui()
  return (
    <li>
      <Link to="/people/$id" params={{ id: person.id }} className="g-link">
        {person.name ?? t`A person who is not yours to see`}
      </Link>
      <div className="ct-role">{children}</div>
    </li>
  )
}

type RoleProps = {
  contact: DealContact
  fixed: boolean
  shownOnly: boolean
  onChange: (role: ContactRole) => void
}

function Role({ contact, fixed, shownOnly, onChange }: RoleProps) {
  const { t, i18n } = useLingui()
  const name = contact.person.name ?? '…'
  if (shownOnly) return <Tag tone="neutral">{roleText(i18n, contact.role)}</Tag>
  return (
    <RoleSelect
      size="xs"
      aria-label={t`Role of ${name}`}
      disabled={fixed}
      value={contact.role}
      onChange={onChange}
    />
  )
}

type SelectProps = {
  value: ContactRole
  onChange: (role: ContactRole) => void
  size?: string
  disabled?: boolean
  label?: string
  'aria-label'?: string
}

function RoleSelect({ onChange, ...rest }: SelectProps) {
  const { i18n } = useLingui()
  return (
    <Select
      allowDeselect={false}
      w={150}
      data={CONTACT_ROLES.map((role) => ({ value: role, label: roleText(i18n, role) }))}
      onChange={(role) => {
        if (role && isContactRole(role) && role !== rest.value) onChange(role)
      }}
      {...rest}
    />
  )
}

type AddingProps = {
  PersonPicker: Picker
  company: Picked | null
  taken: ReadonlySet<string | undefined>
  busy: boolean
  onAdd: (person: Picked, role: ContactRole) => void
  onCancel: () => void
}

function Adding({ PersonPicker, company, taken, busy, onAdd, onCancel }: AddingProps) {
  const { t } = useLingui()
  const [person, setPerson] = useState<Picked | null>(null)
  const [role, setRole] = useState<ContactRole>('decides')
  const twice = person !== null && taken.has(person.id)
  return (
    <div className="ct-add">
      <div className="ct-who">
        <PersonPicker
          label={t`Person`}
          company={company}
          value={person}
          onChange={setPerson}
          error={twice && t`This person is among the contacts already.`}
        />
      </div>
      <RoleSelect label={t`Role`} value={role} onChange={setRole} />
      <Group gap="xs">
        <Button
          loading={busy}
          disabled={!person || twice}
          onClick={() => person && onAdd(person, role)}
        >
          {t`Add`}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t`Cancel`}
        </Button>
      </Group>
    </div>
  )
}
