import { Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

type PageProps = {
  title: string
  /** What stands in the header instead of the bare title. */
  heading?: ReactNode
  /** A quiet count or a state beside the title. */
  hint?: ReactNode
  /** What narrows the content; below the title where that has actions, or little room. */
  filters?: ReactNode
  actions?: ReactNode
  /** The content scrolls inside the page: a board or a table. */
  fixed?: boolean
  children: ReactNode
}

/** One page: its header, its content, its name in the browser's tab. */
export function Page({ title, heading, hint, filters, actions, fixed, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Gausdo`
  }, [title])
  return (
    <main className="g-page" data-fixed={fixed || undefined}>
      <header className="g-page-header">
        <div className="g-page-title">
          {heading ?? <Title order={1}>{title}</Title>}
          {hint && (
            <Text component="div" size="sm" c="dimmed" className="g-num">
              {hint}
            </Text>
          )}
        </div>
        {actions && <div className="g-page-actions">{actions}</div>}
        {filters && <div className="g-page-actions g-page-filters">{filters}</div>}
      </header>
      {children}
    </main>
  )
}

type RecordColumnsProps = {
  /** What is known of the record: beside the rest, or before it on a phone. */
  about: ReactNode
  children: ReactNode
}

/** The two columns of a record's page. */
export function RecordColumns({ about, children }: RecordColumnsProps) {
  return (
    <div className="g-split g-record">
      <div className="g-column">{about}</div>
      <div className="g-column">{children}</div>
    </div>
  )
}

type SectionProps = { title: ReactNode; actions?: ReactNode; children: ReactNode; label?: string }

/** A white card with a heading: one part of a page. */
export function Section({ title, actions, children, label }: SectionProps) {
  return (
    <section className="g-card" aria-label={label}>
      <div className="g-card-head">
        <Title order={2} fz="lg" fw={600}>
          {title}
        </Title>
        {actions}
      </div>
      {children}
    </section>
  )
}
