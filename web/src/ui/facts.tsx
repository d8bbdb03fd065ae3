import './facts.css'
import { Fragment, type ReactNode } from 'react'

export type Fact = { label: string; value: ReactNode }

/** What is known of a record: names and values in two columns. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="g-facts">
      {facts.map((fact) => (
        <Fragment key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
