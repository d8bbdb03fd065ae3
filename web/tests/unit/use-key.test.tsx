import { expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { useKey } from '@/ui/use-key'
import { Stage } from './stage'

function Keys({ create, find }: { create: () => void; find: () => void }) {
  useKey('n', create)
  useKey('Slash', find)
  return <input aria-label="Field" />
}

const press = (target: EventTarget, key: string, code: string) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))

test('a key means the same in a Russian layout, and types in a field', async () => {
  const calls = { create: vi.fn(), find: vi.fn() }
  const screen = await render(<Keys {...calls} />, { wrapper: Stage })
  press(document.body, 'n', 'KeyN')
  press(document.body, 'т', 'KeyN')
  expect(calls.create).toHaveBeenCalledTimes(2)
  press(document.body, '.', 'Slash')
  expect(calls.find).toHaveBeenCalledTimes(1)
  press(screen.getByLabelText('Field').element(), 'n', 'KeyN')
  expect(calls.create).toHaveBeenCalledTimes(2)
})

test('behind an open dialog keys do nothing', async () => {
  const calls = { create: vi.fn(), find: vi.fn() }
  await render(
    <>
      <Keys {...calls} />
      <div role="dialog" />
    </>,
    { wrapper: Stage },
  )
  press(document.body, 'n', 'KeyN')
  expect(calls.create).not.toHaveBeenCalled()
})
