import { afterEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { RelativeTime } from '@/ui/relative-time'
import { Stage } from './stage'

afterEach(() => void vi.useRealTimers())

test('a time shown after none was for long is told from now', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const at = new Date().toISOString()
  vi.setSystemTime(Date.now() + 3_600_000)
  const screen = await render(<RelativeTime at={at} />, { wrapper: Stage })
  await expect.element(screen.getByText('1 hour ago')).toBeVisible()
})
