import { fileURLToPath } from 'node:url'
import { lingui } from '@lingui/vite-plugin'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { chromium } from './chromium.ts'

/** The boot skeleton paints before the app's style sheet arrives: the sheet moves behind it. */
const skeletonFirst = (): Plugin => ({
  name: 'skeleton-first',
  enforce: 'post',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      let sheets = ''
      const bare = html.replace(/\s*<link rel="stylesheet" crossorigin[^>]*>/g, (link) => {
        sheets += link
        return ''
      })
      return bare.replace('</body>', () => `${sheets}\n</body>`)
    },
  },
})

export default defineConfig({
  plugins: [
    // before react(): it splits each route file into what loads first and what loads when shown
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      routesDirectory: 'src/routes',
      generatedRouteTree: 'src/app/routeTree.gen.ts',
    }),
    react(),
    skeletonFirst(),
    lingui({ macroTransform: true }),
  ],
  // the server puts a fresh nonce for this word into every answer with index.html
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2023',
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    sourcemap: 'hidden',
    // the drawing library of the charts, fetched when the first chart is on screen
    chunkSizeWarningLimit: 600,
    // what each page is made of is told in one table for all: every route's own would name most parts
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'routes', test: /src\/routes\/[^?]+\.tsx$/ }],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: process.env['API_URL'] ?? 'http://127.0.0.1:8000', ws: true } },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', environment: 'node', include: ['tests/unit/**/*.test.ts'] },
      },
      {
        extends: true,
        // found before the first test: met in the middle of one, they would reload it
        optimizeDeps: {
          include: [
            '@mantine/dates',
            '@mantine/spotlight',
            '@tanstack/react-query',
            'dayjs',
            'dayjs/locale/ru',
            'dayjs/plugin/customParseFormat',
          ],
        },
        test: {
          name: 'browser',
          include: ['tests/unit/**/*.test.tsx'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
