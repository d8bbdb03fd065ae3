import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { Deal } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useFormat } from '@/shared/i18n/format'
import type { Picked, Picker } from '@/shared/picked'
import { useMe, useWithheld } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { useCustomFacts } from '@/ui/custom-facts'
import { useEntryProblems } from '@/ui/entry-problems'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import { Facts, type Fact } from '@/ui/facts'
import { MoneyInput } from '@/ui/money-input'
import { OwnerSelect } from '@/ui/owner-select'
import { DealInBase } from './deal-in-base'
import type { SaveDeal } from './save'

type Props = {
  deal: Deal
  mayEdit: boolean
  save: SaveDeal
  CompanyPicker: Picker
  PersonPicker: Picker
}

const picked = (known: Deal['company']): Picked | null =>
  known && { id: known.id, name: known.name ?? '…' }

/** The fields of a deal, each changed in its place. */
export function DealFacts({ deal, mayEdit, save, CompanyPicker, PersonPicker }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const explain = useExplain()
  const problems = useEntryProblems()
  const { base_currency } = useMe()
  const withheld = useWithheld('sales.deal.edit')
  const of = (field: string) => ({
    explain,
    name: `deal.${deal.id}.${field}`,
    disabled: !mayEdit || withheld.includes(field),
    version: deal.version,
  })
  const added = useCustomFacts({
    kind: 'deal',
    record: deal,
    withheld,
    disabled: !mayEdit,
    save: (custom, version) => save({ custom }, version),
    pipeline: deal.pipeline_id,
  })
  const currency = deal.worth?.currency ?? base_currency
  const facts: Fact[] = [
    {
      label: t`Sum`,
      field: 'worth',
      value: (
        <>
          <Editable
            {...of('worth')}
            label={t`Sum`}
            value={deal.worth?.amount ?? ''}
            empty={!deal.worth}
            check={problems.sum}
            onSave={(amount, version) =>
              save({ worth: amount ? { amount, currency } : null }, version)
            }
            editor={(props) => (
              <MoneyInput
                autoFocus
                aria-label={t`Sum`}
                currency={currency}
                value={props.value}
                onChange={props.onChange}
                onBlur={props.leave}
              />
            )}
          >
            <b className="g-num">{deal.worth && format.money(deal.worth)}</b>
          </Editable>
          <DealInBase deal={deal} />
        </>
      ),
    },
    { label: t`Probability`, value: format.percent(deal.probability / 100) },
    {
      label: t`Expected on`,
      field: 'expected_on',
      value: (
        <Editable
          {...of('expected_on')}
          label={t`Expected on`}
          value={deal.expected_on}
          empty={!deal.expected_on}
          check={problems.day}
          onSave={(expected_on, version) => save({ expected_on }, version)}
          editor={(props) => (
            <DateField
              autoFocus
              aria-label={t`Expected on`}
              value={props.value}
              onChange={props.onChange}
              onPick={props.save}
              onBlur={props.leave}
            />
          )}
        >
          {deal.expected_on && format.date(deal.expected_on)}
        </Editable>
      ),
    },
    {
      label: t`Company`,
      field: 'company_id',
      value: (
        <Editable
          {...of('company_id')}
          label={t`Company`}
          value={picked(deal.company)}
          empty={!deal.company}
          onSave={(company, version) => save({ company_id: company?.id ?? null }, version)}
          editor={(props) => (
            <CompanyPicker label={t`Company`} value={props.value} onChange={props.save} />
          )}
          link={
            deal.company && (
              <Link to="/companies/$id" params={{ id: deal.company.id }} className="g-link">
                {deal.company.name ?? t`A company that is not yours to see`}
              </Link>
            )
          }
        >
          {deal.company?.name}
        </Editable>
      ),
    },
    {
      label: t`Contact`,
      field: 'contact_id',
      value: (
        <Editable
          {...of('contact_id')}
          label={t`Contact`}
          value={picked(deal.contact)}
          empty={!deal.contact}
          onSave={(contact, version) => save({ contact_id: contact?.id ?? null }, version)}
          editor={(props) => (
            <PersonPicker
              label={t`Contact`}
              company={picked(deal.company)}
              value={props.value}
              onChange={props.save}
            />
          )}
          link={
            deal.contact && (
              <Link to="/people/$id" params={{ id: deal.contact.id }} className="g-link">
                {deal.contact.name ?? t`A person who is not yours to see`}
              </Link>
            )
          }
        >
          {deal.contact?.name}
        </Editable>
      ),
    },
    {
      label: t`Owner`,
      value: (
        <Editable
          {...of('owner_id')}
          label={t`Owner`}
          value={deal.owner.id}
          empty={false}
          onSave={(owner_id, version) => save({ owner_id }, version)}
          editor={(props) => (
            <OwnerSelect value={props.value} onChange={(id) => id && props.save(id)} />
          )}
        >
          {deal.owner.name ?? t`Another person`}
        </Editable>
      ),
    },
    {
      label: t`Description`,
      field: 'about',
      value: (
        <Editable
          {...of('about')}
          multiline
          label={t`Description`}
          value={deal.about ?? ''}
          empty={!deal.about}
          onSave={(about, version) => save({ about: about || null }, version)}
          editor={(props) => <TextEditor multiline label={t`Description`} {...props} />}
        >
          {deal.about}
        </Editable>
      ),
    },
    ...added,
    { label: t`Created`, value: format.moment(deal.created_at) },
  ]
  if (deal.closed_at) facts.push({ label: t`Closed`, value: format.moment(deal.closed_at) })
  return <Facts facts={facts} hidden={deal.hidden} />
}
