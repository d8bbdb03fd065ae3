import { Fragment, useState } from 'react'
import { UnstyledButton } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconChevronRight } from '@tabler/icons-react'
import type { GrantInput, Guarded, Reach } from '@/shared/api/generated/model'
import { byObject, byOperation, useRightWords } from '@/shared/rights-words'
import { RoleFields } from './role-fields'
import {
  cellOf,
  operationsOf,
  sameCell,
  toldOf,
  withReach,
  type Grants,
  type Told,
} from './role-model'
import './role.css'

type Props = {
  catalogue: readonly Guarded[]
  grants: Grants
  /** The grants of another role, which those that differ are marked beside. */
  other: Grants | undefined
  fixed: boolean
  onChange: (grants: GrantInput[]) => void
}

const REACHES: readonly Reach[] = ['own', 'team', 'tree', 'all']

/** A role as a table: a row per kind of record, a column per operation, in each cell how far. */
export function RoleMatrix({ catalogue, ...shared }: Props) {
  const { t } = useLingui()
  const words = useRightWords()
  const operations = operationsOf(catalogue).toSorted(byOperation)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keys
    <div className="mx-scroll" role="region" aria-label={t`Rights`} tabIndex={0}>
      <table className="mx">
        <thead>
          <tr>
            <th scope="col">{t`Of what`}</th>
            {operations.map((operation) => (
              <th key={operation} scope="col">
                {words.operation(operation)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {catalogue.toSorted(byObject).map((known) => (
            <Kind key={known.object} known={known} operations={operations} {...shared} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type KindProps = Omit<Props, 'catalogue'> & { known: Guarded; operations: readonly string[] }

function Kind({ known, operations, ...shared }: KindProps) {
  const words = useRightWords()
  const [unfolded, setUnfolded] = useState(false)
  const { object } = known
  const { grants, other } = shared
  const name = words.object(object)
  const narrowed = grants.some(
    (grant) => grant.object === object && (grant.condition || grant.without?.length),
  )
  const more = known.fields.length > 0 || narrowed
  return (
    <Fragment>
      <tr data-object={object}>
        <th scope="row">
          {more ? (
            <UnstyledButton
              className="mx-more"
              aria-expanded={unfolded}
              onClick={() => setUnfolded(!unfolded)}
            >
              <IconChevronRight size={16} aria-hidden="true" />
              {name}
              {narrowed && <span className="mx-narrowed" aria-hidden="true" />}
            </UnstyledButton>
          ) : (
            <span className="mx-name">{name}</span>
          )}
        </th>
        {operations.map((operation) =>
          known.operations.includes(operation) ? (
            <td key={operation} data-label={words.operation(operation)}>
              <Cell known={known} operation={operation} {...shared} />
            </td>
          ) : (
            <td key={operation} className="mx-none">
              —
            </td>
          ),
        )}
      </tr>
      {unfolded && (
        <tr className="mx-fields">
          <td colSpan={operations.length + 1}>
            <RoleFields known={known} {...shared} other={other} />
          </td>
        </tr>
      )}
    </Fragment>
  )
}

type CellProps = Omit<Props, 'catalogue'> & { known: Guarded; operation: string }

/** How far one operation reaches; a plain select, for there are a hundred of them. */
function Cell({ known, operation, grants, other, fixed, onChange }: CellProps) {
  const { t } = useLingui()
  const words = useRightWords()
  const { object, owned } = known
  const cell = cellOf(grants, object, operation)
  const told = toldOf(cell)
  const there = other && cellOf(other, object, operation)
  const differs = there !== undefined && !sameCell(cell, there)
  const word = (one: Told): string => {
    if (one === 'none') return owned ? t({ message: 'None', context: 'reach' }) : t`No`
    if (one === 'several') return t({ message: 'Several', context: 'reach' })
    return owned ? words.reach(one) : t`Yes`
  }
  const offered: Told[] = ['none', ...(owned ? REACHES : (['all'] as const))]
  if (told === 'several') offered.push('several')
  const thereWord = there && word(toldOf(there))
  return (
    <>
      <select
        aria-label={words.right(`${object}.${operation}`)}
        value={told}
        data-reach={told}
        data-differs={differs || undefined}
        disabled={fixed}
        onChange={(event) =>
          onChange(withReach(grants, object, operation, event.currentTarget.value as Told))
        }
      >
        {offered.map((one) => (
          <option key={one} value={one}>
            {word(one)}
          </option>
        ))}
      </select>
      {differs && (
        <span className="mx-there">
          {toldOf(there) === told ? t`fields differ` : t`there: ${thereWord}`}
        </span>
      )}
    </>
  )
}
