import { useState } from 'react'
import { expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { useTypedAhead } from '@/app/typed-ahead'

/** A page with a field of its own, and one above it that is there later. */
function Page() {
  const [typed, setTyped] = useState('')
  const [there, setThere] = useState(false)
  useTypedAhead('.above', setTyped)
  return (
    <>
      <input aria-label="behind" />
      <button onDoubleClick={() => setThere(true)}>open</button>
      {there && (
        <div className="above">
          <input aria-label="above" value={typed} onChange={(e) => setTyped(e.target.value)} />
        </div>
      )}
    </>
  )
}

test('what is typed before a field is there stands in it, and goes nowhere else', async () => {
  const screen = await render(<Page />)
  const behind = screen.getByLabelText('behind')
  await behind.click()
  await userEvent.keyboard('pj{Backspace}o{Enter}s')
  await screen.getByText('open').dblClick()
  const above = screen.getByLabelText('above')
  await expect.element(above).toHaveValue('pos')
  await expect.element(behind).toHaveValue('')
  await above.click()
  await userEvent.keyboard('{End}t')
  await expect.element(above).toHaveValue('post')
})
