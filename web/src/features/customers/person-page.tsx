import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, type ReactNode } from 'react'
import type { Person } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { useWithheld } from '@/shared/reference'
import { useCustomFacts } from '@/ui/custom-facts'
import { Facts } from '@/ui/facts'
import { BackTo } from '@/ui/back-to'
import { DeletedNotice } from '@/ui/deleted/deleted-record'
import { deletedOf } from '@/ui/deleted/kinds'
import { Failure, isGone } from '@/ui/failure'
import { KeptTexts } from '@/ui/kept-texts'
import { Locked } from '@/ui/locked'
import { Page, RecordColumns, Section } from '@/ui/page'
import { Tag } from '@/ui/tag'
import { RecordSkeleton } from '@/ui/skeletons'
import { useSavePerson, type SavePerson } from './changes'
import { DocumentNumber } from './document-number'
import { PersonalData } from './personal-data'
import { personQuery } from './queries'
import { GoneInto, intoOf } from './gone-into'
import { RecordDuplicates } from './merges'
import { useLabelFacts } from './label-facts'
import { useFactMakers } from './record-facts'
import { RecordSegments } from './record-segments'

const PersonConsents = lazy(() =>
  import('./person-consents').then((part) => ({ default: part.PersonConsents })),
)

type Props = {
  id: string
  /** What other parts of the product know of the person. */
  deals: ReactNode
  tasks: ReactNode
  notes: ReactNode
  history: ReactNode
  access: ReactNode
}

/** One person: how to reach them, their deals, what was and is to be done. */
export function PersonPage({ id, deals, tasks, notes, history, access }: Props) {
  const { t } = useLingui()
  const { data: person, error, refetch } = useQuery(personQuery(id))
  const into = intoOf(error)
  if (into) return <GoneInto kind="person" id={into} />
  const deleted = deletedOf(error)
  if (deleted) {
    const back = <BackTo to="/people">{t`All people`}</BackTo>
    return (
      <Page title={t`Person`}>
        <DeletedNotice kind="person" record={deleted} back={back} />
      </Page>
    )
  }
  if (!person || isGone(error)) {
    return (
      <Page title={t`Person`}>
        {error && <KeptTexts record={`person.${id}`} />}
        {error ? (
          <Failure
            error={error}
            onRetry={() => void refetch()}
            back={<BackTo to="/people">{t`All people`}</BackTo>}
          />
        ) : (
          <RecordSkeleton />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={person.name}
      actions={access}
      hint={
        <>
          {[person.position, person.company?.name].filter(Boolean).join(' · ')}{' '}
          <Locked owner={person.owner_name} shown={!person.editable && !person.erased_at} />
          {person.erased_at && <Tag tone="neutral">{t`Erased on their request`}</Tag>}
        </>
      }
    >
      {!person.editable && <KeptTexts record={`person.${id}`} />}
      <RecordColumns
        about={
          <>
            <PersonFacts key={person.id} person={person} />
            <Suspense>
              <PersonConsents person={person} />
            </Suspense>
            <PersonalData person={person} />
            <RecordSegments kind="person" id={id} name={person.name} />
            <RecordDuplicates kind="person" id={id} />
          </>
        }
      >
        {deals}
        {tasks}
        {notes}
        <Section title={t`History`}>{history}</Section>
      </RecordColumns>
    </Page>
  )
}

function PersonFacts({ person }: { person: Person }) {
  const { t } = useLingui()
  const format = useFormat()
  const save = useSavePerson(person)
  const make = useFactMakers('person', person, person.editable, (change, version) =>
    save(change as Parameters<SavePerson>[0], version),
  )
  const labels = useLabelFacts('person', person, make)
  const added = useCustomFacts({
    kind: 'person',
    record: person,
    withheld: useWithheld('customers.person.edit'),
    disabled: !person.editable,
    save: (custom, version) => save({ custom }, version),
  })
  return (
    <Section title={t`About the person`}>
      <Facts
        hidden={person.hidden}
        facts={[
          make.text('name', t({ message: 'Name', context: 'of a person' }), person.name),
          make.company('company_id', t`Company`, person.company),
          make.text('position', t`Position`, person.position),
          make.lines('phones', t`Phones`, person.phones),
          make.lines('emails', t`E-mails`, person.emails),
          make.lines('links', t`Messengers and links`, person.links),
          make.text('city', t`City`, person.city),
          ...labels,
          make.owner(person.owner_id, person.owner_name),
          {
            label: t`Identity document`,
            field: 'document',
            value: (
              <DocumentNumber
                person={person}
                save={save}
                explain={make.explain}
                disabled={make.of('document').disabled}
              />
            ),
          },
          make.text('about', t`Description`, person.about, { multiline: true }),
          ...added,
          { label: t`Added`, value: format.moment(person.created_at) },
        ]}
      />
    </Section>
  )
}
