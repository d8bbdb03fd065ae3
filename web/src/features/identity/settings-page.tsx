import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Page } from '@/ui/page'
import { FactorsSection } from './factors-section'
import { HoursSection } from './hours-section'
import { PasswordSection } from './password-section'
import { ProfileSection } from './profile-section'
import { SessionsSection } from './sessions-section'
import './settings.css'

/**
 * What is one's own: profile, password, second factors, sessions; `notices`, what one is told;
 * `calendar`, where other programs read it.
 */
export function SettingsPage({ calendar, notices }: { calendar: ReactNode; notices: ReactNode }) {
  const { t } = useLingui()
  return (
    <Page title={t`Settings`}>
      <div className="st-columns">
        <div className="g-column">
          <ProfileSection />
          <PasswordSection />
          <HoursSection />
          {calendar}
        </div>
        <div className="g-column">
          <FactorsSection />
          <SessionsSection />
          {notices}
        </div>
      </div>
    </Page>
  )
}
