import '@fontsource-variable/inter/index.css'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@/ui/tokens.css'
import '@/ui/page.css'
import '@/ui/touch.css'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Providers } from '@/app/providers'
import { router } from '@/app/router'
import { watchConnection } from '@/shared/api/connection'
import { watchSession } from '@/shared/api/session'
import { activate, isLocale } from '@/shared/i18n/i18n'
import { keepDrafts } from '@/shared/lib/draft'
import { tellCutTexts } from '@/ui/cut-text'

watchConnection()
watchSession()
keepDrafts()
tellCutTexts()

const { lang } = document.documentElement
await activate(isLocale(lang) ? lang : 'en')

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
// the shape of the page stays until there is a page: who is signed in is asked first
await router.load()
createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
)
