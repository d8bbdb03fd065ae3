import { expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { SearchInput } from '@/ui/search-input'
import { Stage } from './stage'

const REST = 400

test('what was typed is asked for once the typing rests, and not on the page one has gone to', async () => {
  const search = vi.fn()
  const screen = await render(<SearchInput label="Search" value="" onSearch={search} />, {
    wrapper: Stage,
  })
  const input = screen.getByRole('searchbox')
  await input.fill('first')
  await vi.waitFor(() => expect(search).toHaveBeenCalledWith('first'))

  const here = window.location.href
  await input.fill('second')
  window.history.pushState(null, '', '/somewhere-else')
  try {
    await new Promise((resolve) => setTimeout(resolve, REST))
    expect(search).toHaveBeenCalledTimes(1)
  } finally {
    window.history.replaceState(null, '', here)
  }
})
