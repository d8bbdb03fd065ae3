import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { MoveMenu } from '@/features/sales/move-menu'
import type { Deal, Stage as SalesStage } from '@/shared/api/generated/model'
import { Stage } from './stage'

const deal = { id: 'd', title: 'Deal', stage_id: 'one' } as Deal
const stages = ['one', 'two'].map((id) => ({
  id,
  name: id,
  tone: 'blue',
  leads_to: null,
})) as SalesStage[]

test('the menu of a card is opened by keys, Escape leads back to its button, again and again', async () => {
  const onMove = vi.fn()
  const screen = await render(
    <Stage>
      <MoveMenu deal={deal} stages={stages} onMove={onMove} />
    </Stage>,
  )
  const button = screen.getByRole('button')
  ;(button.element() as HTMLElement).focus()
  for (const time of ['first', 'second']) {
    await userEvent.keyboard('{Enter}')
    await expect
      .element(screen.getByRole('menuitem', { name: 'two' }), { message: time })
      .toBeVisible()
    expect(screen.getByRole('menuitem').elements()).toHaveLength(1)
    await userEvent.keyboard('{Escape}')
    await expect.element(button).toHaveFocus()
  }
  await userEvent.keyboard('{Enter}')
  await screen.getByRole('menuitem', { name: 'two' }).click()
  expect(onMove).toHaveBeenCalledWith(deal, stages[1])
})
