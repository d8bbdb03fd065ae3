import './page.css'
import { Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

type PageProps = {
  title: string
  /** What stands in the header instead of the bare title. */
  heading?: ReactNode
  /** A quiet count or a state beside the title. */
  hint?: ReactNode
  actions?: ReactNode
  /** The content scrolls inside the page: a board or a table. */
  fixed?: boolean
  children: ReactNode
}

/** One page: its header, its content, its name in the browser's tab. */
export function Page({ title, heading, hint, actions, fixed, children }: PageProps) {
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
      </header>
      {children}
    </main>
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
