import './tag.css'
import type { ReactNode } from 'react'

export type Tone = 'neutral' | 'blue' | 'violet' | 'teal' | 'amber' | 'red'

type TagProps = { tone?: Tone; children: ReactNode; label?: string | undefined }

/** A small label. Colour only supports the words: the text always says it too (WCAG 1.4.1). */
export function Tag({ tone = 'neutral', children, label }: TagProps) {
  return (
    <span className="g-tag" data-tone={tone} title={label}>
      {children}
      {label && <span className="g-sr">{label}</span>}
    </span>
  )
}

/** A coloured point beside a name that says the same in words. */
export function Dot({ tone = 'neutral' }: { tone?: Tone }) {
  return <span className="g-dot" data-tone={tone} aria-hidden="true" />
}
