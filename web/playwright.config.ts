import { defineConfig } from '@playwright/test'
import { chromium } from './chromium.ts'

/** Journeys against a running Gausdo: `BASE_URL` is its address, `DEMO_LOGINS` its logins (JSON). */
export default defineConfig({
  testDir: 'tests/e2e',
  timeout: 120_000,
  // a busy machine is slow, not wrong
  expect: { timeout: 15_000 },
  workers: 1,
  reporter: 'line',
  outputDir: 'test-results',
  use: {
    baseURL: process.env['BASE_URL'] ?? 'http://localhost:8000',
    locale: 'ru-RU',
    // what moves is painted again and again, and waited for
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: chromium,
  },
})
