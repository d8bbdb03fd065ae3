import './facts.css'
import { Fragment, type ReactNode } from 'react'
import { Hidden } from './hidden'

/** `field`: its name in the API, of one that can be hidden. */
export type Fact = { label: string; value: ReactNode; field?: string }

type Props = { facts: readonly Fact[]; hidden?: readonly string[] }

/** What is known of a record: names and values in two columns. */
export function Facts({ facts, hidden }: Props) {
  return (
    <dl className="g-facts">
      {facts.map((fact) => (
        <Fragment key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{hidden?.includes(fact.field ?? '') ? <Hidden /> : fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
