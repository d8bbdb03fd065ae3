import { MantineProvider, localStorageColorSchemeManager, mergeThemeOverrides } from '@mantine/core'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { useLingui } from '@lingui/react/macro'
import { QueryClientProvider } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import { LiveRegion } from '@/ui/announce'
import { cssVariablesResolver, theme } from '@/ui/theme'
import { Notices } from './notices'
import { queryClient } from './query-client'

const schemes = localStorageColorSchemeManager({ key: 'gausdo.scheme' })

const styleNonce = () =>
  document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

export function Providers({ children }: { children: ReactNode }) {
  return (
    <I18nProvider i18n={i18n}>
      <Look>
        <QueryClientProvider client={queryClient}>
          {children}
          <Notices />
          <LiveRegion />
        </QueryClientProvider>
      </Look>
    </I18nProvider>
  )
}

/** The theme, with the words that parts of the component library say to screen readers. */
function Look({ children }: { children: ReactNode }) {
  const { t } = useLingui()
  const spoken = useMemo(() => {
    const named = { defaultProps: { closeButtonProps: { 'aria-label': t`Close` } } }
    return mergeThemeOverrides(theme, {
      components: { Drawer: named, Modal: named, Notification: named },
    })
  }, [t])
  return (
    <MantineProvider
      theme={spoken}
      cssVariablesResolver={cssVariablesResolver}
      getStyleNonce={styleNonce}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      {children}
    </MantineProvider>
  )
}
