import { useLingui } from '@lingui/react/macro'
import { Link, useLocation } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { useMe } from '@/shared/reference'
import { BackTo } from '@/ui/back-to'
import { NoRights } from '@/ui/failure'
import { Page } from '@/ui/page'
import { isOpenTo, sectionsFor } from './sections'
import './administration.css'

/** What stands around every page of the administration: the sections that are open to the reader. */
export function Administration({ children }: { children: ReactNode }) {
  const { t, i18n } = useLingui()
  const person = useMe()
  const { pathname } = useLocation()
  const nav = useRef<HTMLElement>(null)
  // on a phone the sections are a strip: the one that is open is in view
  useEffect(() => {
    const open = nav.current?.querySelector('[data-status=active]')
    open?.scrollIntoView({ block: 'nearest', inline: 'center' })
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- at every change of the page
  }, [pathname])
  if (!isOpenTo(person, pathname)) {
    return (
      <Page title={t`Administration`}>
        <NoRights back={<BackTo to="/">{t`To my day`}</BackTo>} />
      </Page>
    )
  }
  return (
    <div className="ad">
      <nav ref={nav} className="ad-nav" aria-label={t`Administration`}>
        <div className="ad-title" aria-hidden="true">{t`Administration`}</div>
        {sectionsFor(person).map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className="sh-nav">
            <Icon size={18} stroke={1.6} />
            {i18n._(label)}
          </Link>
        ))}
      </nav>
      {children}
    </div>
  )
}
