import { MantineProvider } from '@mantine/core'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import type { ReactNode } from 'react'
import { LiveRegion } from '@/ui/announce'
import '@mantine/core/styles.layer.css'
import '@/ui/tokens.css'
import { cssVariablesResolver, theme } from '@/ui/theme'

i18n.loadAndActivate({ locale: 'en', messages: {} })

/** What a component needs around it to be tried alone. */
export function Stage({ children }: { children: ReactNode }) {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver}>
        {children}
        <LiveRegion />
      </MantineProvider>
    </I18nProvider>
  )
}
