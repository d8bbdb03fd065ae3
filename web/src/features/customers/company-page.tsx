import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Company } from '@/shared/api/generated/model'
import type { Picked } from '@/shared/picked'
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
import { RecordSkeleton } from '@/ui/skeletons'
import { useSaveCompany, type SaveCompany } from './changes'
import { CompanyGroup } from './company-group'
import { CompanyPeople } from './company-people'
import { companyQuery } from './queries'
import { GoneInto, intoOf } from './gone-into'
import { RecordDuplicates } from './merges'
import { useLabelFacts } from './label-facts'
import { useFactMakers } from './record-facts'
import { RecordSegments } from './record-segments'

type Props = {
  id: string
  /** What other parts of the product know of the company. */
  deals: (company: Picked) => ReactNode
  tasks: ReactNode
  notes: ReactNode
  history: ReactNode
  access: ReactNode
}

/** One company: what is known of it, its people, its deals, what was and is to be done. */
export function CompanyPage({ id, deals, tasks, notes, history, access }: Props) {
  const { t } = useLingui()
  const { data: company, error, refetch } = useQuery(companyQuery(id))
  const into = intoOf(error)
  if (into) return <GoneInto kind="company" id={into} />
  const deleted = deletedOf(error)
  if (deleted) {
    const back = <BackTo to="/companies">{t`All companies`}</BackTo>
    return (
      <Page title={t`Company`}>
        <DeletedNotice kind="company" record={deleted} back={back} />
      </Page>
    )
  }
  if (!company || isGone(error)) {
    return (
      <Page title={t`Company`}>
        {error && <KeptTexts record={`company.${id}`} />}
        {error ? (
          <Failure
            error={error}
            onRetry={() => void refetch()}
            back={<BackTo to="/companies">{t`All companies`}</BackTo>}
          />
        ) : (
          <RecordSkeleton />
        )}
      </Page>
    )
  }
  const picked = { id: company.id, name: company.name }
  return (
    <Page
      title={company.name}
      actions={access}
      hint={
        <>
          {[company.industry, company.city].filter(Boolean).join(' · ')}{' '}
          <Locked owner={company.owner_name} shown={!company.editable} />
        </>
      }
    >
      {!company.editable && <KeptTexts record={`company.${id}`} />}
      <RecordColumns
        about={
          <>
            <CompanyFacts key={company.id} company={company} />
            <LegalDetails key={`legal.${company.id}`} company={company} />
            <CompanyGroup company={picked} />
            <CompanyPeople company={picked} />
            <RecordSegments kind="company" id={id} name={company.name} />
            <RecordDuplicates kind="company" id={id} />
          </>
        }
      >
        {deals(picked)}
        {tasks}
        {notes}
        <Section title={t`History`}>{history}</Section>
      </RecordColumns>
    </Page>
  )
}

function useMakers(company: Company) {
  const save = useSaveCompany(company)
  return useFactMakers('company', company, company.editable, (change, version) =>
    save(change as Parameters<SaveCompany>[0], version),
  )
}

function CompanyFacts({ company }: { company: Company }) {
  const { t } = useLingui()
  const format = useFormat()
  const make = useMakers(company)
  const labels = useLabelFacts('company', company, make)
  const save = useSaveCompany(company)
  const added = useCustomFacts({
    kind: 'company',
    record: company,
    withheld: useWithheld('customers.company.edit'),
    disabled: !company.editable,
    save: (custom, version) => save({ custom }, version),
  })
  const site = company.domain ? { href: `https://${company.domain}` } : {}
  return (
    <Section title={t`About the company`}>
      <Facts
        hidden={company.hidden}
        facts={[
          make.text('name', t`Name`, company.name),
          make.lines('phones', t`Phones`, company.phones),
          make.lines('emails', t`E-mails`, company.emails),
          make.lines('links', t`Messengers and links`, company.links),
          make.text('domain', t`Website`, company.domain, site),
          make.text('city', t`City`, company.city),
          make.text('industry', t`Industry`, company.industry),
          make.count('size', t`Employees`, company.size),
          make.company('parent_id', t`Parent company`, company.parent),
          ...labels,
          make.owner(company.owner_id, company.owner_name),
          make.text('about', t`Description`, company.about, { multiline: true }),
          ...added,
          { label: t`Added`, value: format.moment(company.created_at) },
        ]}
      />
    </Section>
  )
}

const LONG = { maxLength: 500 }

/** What the registers say. */
function LegalDetails({ company }: { company: Company }) {
  const { t } = useLingui()
  const make = useMakers(company)
  return (
    <Section title={t`Legal details`}>
      <Facts
        hidden={company.hidden}
        facts={[
          make.text('legal_name', t`Legal name`, company.legal_name, LONG),
          make.text('inn', t`Tax number (INN)`, company.inn),
          make.text('kpp', t`Registration reason code (KPP)`, company.kpp),
          make.text('ogrn', t`Register number (OGRN)`, company.ogrn),
          make.text('address', t`Legal address`, company.address, LONG),
        ]}
      />
    </Section>
  )
}
